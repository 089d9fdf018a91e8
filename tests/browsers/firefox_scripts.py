"""Scripts that the driver runs in Firefox's own context, where alerts, tabs and workers can be reached."""

# Firefox's alert windows close after 20 s; those of a phone stay until they are touched. So their long timer is held
# back. Every alert is also written down, so that a test can tell what was shown from what is still there.
KEEP_ALERTS = """
const history = [];
Services.obs.addObserver({ observe(window) {
  window.addEventListener("DOMContentLoaded", () => {
    if (window.document.documentElement.getAttribute("windowtype") !== "alert:alert") return;
    const timer = window.setTimeout;
    window.setTimeout = (callback, delay, ...rest) =>
      delay >= 20000 ? 0 : timer.call(window, callback, delay, ...rest);
    const [, title, body] = window.arguments;
    history.push({ title: String(title), body: String(body) });
  }, { once: true });
} }, "domwindowopened");
Services.mobiliseAlertHistory = history;
"""

ALERT_HISTORY = "return Services.mobiliseAlertHistory;"

ALERTS = """
return [...Services.wm.getEnumerator("alert:alert")].filter(w => w.gIsActive && !w.closed).map(w => ({
  title: String(w.arguments[1]), body: String(w.arguments[2]),
}));
"""

CLICK_ALERT = """
const [title] = arguments;
for (const window of Services.wm.getEnumerator("alert:alert")) {
  if (window.gIsActive && !window.closed && String(window.arguments[1]) === title) {
    window.document.getElementById("alertTextLabel").click();
    return true;
  }
}
return false;
"""

ALLOW_NOTIFICATIONS = """
const principal = Services.scriptSecurityManager.createContentPrincipalFromOrigin(arguments[0]);
Services.perms.addFromPrincipal(principal, "desktop-notification", arguments[1]);
"""

TABS = """
return [...Services.wm.getEnumerator("navigator:browser")].flatMap(
  w => w.gBrowser.tabs.map(tab => tab.linkedBrowser.currentURI.spec));
"""

SELECTED_TAB = """
return Services.wm.getMostRecentWindow("navigator:browser").gBrowser.selectedBrowser.currentURI.spec;
"""

STOP_WORKERS = """
const manager = Cc["@mozilla.org/serviceworkers/manager;1"].getService(Ci.nsIServiceWorkerManager);
const registrations = manager.getAllRegistrations();
const resolve = arguments[arguments.length - 1];
const stopped = [];
for (let i = 0; i < registrations.length; i++) {
  const worker = registrations.queryElementAt(i, Ci.nsIServiceWorkerRegistrationInfo).activeWorker;
  if (worker) stopped.push(worker.terminateWorker());
}
Promise.allSettled(stopped).then(() => resolve(stopped.length));
"""

SET_OFFLINE = "Services.io.offline = arguments[0];"

# Page and worker scripts that threw, and what a policy refused: what they say and where.
SCRIPT_ERRORS = """
const said = [];
for (const message of Services.console.getMessageArray()) {
  if (!(message instanceof Ci.nsIScriptError) || message.flags & Ci.nsIScriptError.warningFlag) continue;
  if (/^https?:/.test(message.sourceName))
    said.push(`${message.errorMessage} (${message.sourceName}:${message.lineNumber})`);
}
return said;
"""

PHONE_SIZE = """
const [width, height, ratio] = arguments;
const browser = Services.wm.getMostRecentWindow("navigator:browser").gBrowser.selectedBrowser;
const style = { "min-width": "0", "flex": "none", "width": `${width}px`, "height": `${height}px` };
for (const [name, value] of Object.entries(style))
  browser.style.setProperty(name, value, "important");
browser.browsingContext.overrideDPPX = ratio;
"""

RUN = """
const resolve = arguments[arguments.length - 1];
const given = [...arguments].slice(0, -1);
const script = %s;
Promise.resolve().then(() => script(...given)).then(
  value => resolve({ value }), error => resolve({ failed: String(error) }));
"""
