"""Scripts and switches that the driver gives to Chromium."""

# Pages of the address bar's own, which Chromium keeps ready in a process beside ours: half the work of each start.
_UNUSED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
# What Playwright switches off: a second switch takes the place of its own.
_PLAYWRIGHTS = (
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("TcpPortRandomizationWin", "ThirdPartyStoragePartitioning", "msEdgeUpdateLaunchServicesPreferredVersion"),
    "msForceBrowserSignIn",
)

FLAGS = [
    f"--disable-features={','.join(_UNUSED + _PLAYWRIGHTS)}",
    "--disable-gpu",
    "--disable-quic",
    # No name but loopback's resolves: nothing leaves this machine, and whoever tries is seen in `requested_urls`.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]

# The application server sends to the endpoint that the page reports: it is to be the stand-in's, as Google's own
# address is built into Chromium. The pages see no other difference.
REWRITE_ENDPOINT = """
(() => {
  if (!globalThis.PushSubscription) return;
  const from = %s, to = %s;
  const rewrite = url => url.startsWith(from) ? to + url.slice(from.length) : url;
  const prototype = PushSubscription.prototype;
  const { get } = Object.getOwnPropertyDescriptor(prototype, "endpoint");
  const toJSON = prototype.toJSON;
  Object.defineProperty(prototype, "endpoint",
    { get() { return rewrite(get.call(this)); }, enumerable: true, configurable: true });
  prototype.toJSON = function () {
    const json = toJSON.call(this);
    return { ...json, endpoint: rewrite(json.endpoint) };
  };
})();
"""

AXE_RUN = """
async options => (await axe.run(document, { resultTypes: ["violations"], ...options })).violations.map(
  ({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.map(node => node.target.join(" ")) }))
"""

# Faults of the page as a whole, as words.
PAGE_FAULTS = """
language => {
  const root = document.documentElement;
  const faults = [];
  if (root.lang !== language) faults.push(`lang is ${root.lang}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  const heading = document.querySelector("h1")?.innerText.replace(/\\s+/g, " ").trim() ?? "";
  if (!document.title.includes(" \u00b7 ") || document.title.startsWith(" ")) faults.push(`title "${document.title}"`);
  if (!heading) faults.push("an empty h1");
  if (/\\{\\w+\\}|undefined|\\[object|NaN/.test(document.body.innerText)) faults.push("an unfilled blank");
  const keys = document.body.innerText.match(/(?<![\\w/.#@-])[a-z]+(_[a-z]+)+(?![\\w.@])/g);
  if (keys) faults.push(`names of texts instead of texts: ${keys}`);
  return faults;
}
"""

# What does not fit: a page that scrolls sideways, and words that are cut off.
CUT_OFF = """
() => {
  const root = document.documentElement;
  const faults = root.scrollWidth > root.clientWidth ? ["scrolls sideways"] : [];
  const shown = element => element.checkVisibility() && !element.closest(".unseen, .skip");
  for (const element of document.body.querySelectorAll("*")) {
    if (!shown(element)) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    // A field scrolls what was written in it.
    const fixed = overflowX !== "visible" && element.tagName !== "INPUT";
    const wide = fixed && element.scrollWidth > element.clientWidth + 1;
    const high = overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1;
    if (wide || high) faults.push(`cut off: ${element.tagName} ${element.className} ${element.innerText.slice(0, 40)}`);
    const box = element.getBoundingClientRect();
    if (box.width && (box.right > root.clientWidth + 1 || box.left < -1))
      faults.push(`outside: ${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`);
  }
  return faults;
}
"""

# Words that stand on other words; what stays at an edge may, as the page scrolls under it.
OVERLAPS = """
() => {
  const stays = each => ["fixed", "sticky"].includes(getComputedStyle(each).position);
  const staying = [...document.body.querySelectorAll("*")].filter(stays);
  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility() || staying.some(each => each.contains(parent))) continue;
    if (parent.closest(".unseen, .skip, svg, option")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) texts.push({ box, node });
  }
  texts.sort((a, b) => a.box.top - b.box.top);
  const faults = [];
  for (let i = 0; i < texts.length; i++)
    for (let j = i + 1; j < texts.length && texts[j].box.top < texts[i].box.bottom; j++) {
      const [a, b] = [texts[i], texts[j]];
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - b.box.top;
      // Line boxes of close lines touch: letters do from about a third on.
      if (a.node !== b.node && wide > 2 && high > 0.35 * Math.min(a.box.height, b.box.height))
        faults.push(`on each other: ${a.node.data.trim().slice(0, 30)} / ${b.node.data.trim().slice(0, 30)}`);
    }
  return faults;
}
"""

# What is too small for a thumb: 44 px for what is to be tapped, 24 px for a link on a line of its own (WCAG 2.5.8),
# any for a link inside a sentence.
SMALL_TARGETS = """
() => {
  const faults = [];
  for (const target of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (!target.checkVisibility() || target.matches(".skip, .unseen")) continue;
    const box = (target.closest("label") ?? target).getBoundingClientRect();
    const name = target.textContent.trim();
    const inline = target.tagName === "A" && getComputedStyle(target).display === "inline";
    const inText = inline && target.parentElement.textContent.trim().length > name.length;
    const least = inText ? 0 : inline ? 24 : 44;
    if (box.height >= least && box.width >= least) continue;
    const size = `${Math.round(box.width)}x${Math.round(box.height)}`;
    faults.push(`${size}: ${target.tagName} ${target.className} ${name.slice(0, 40)}`);
  }
  return faults;
}
"""
