import { beforeEach, expect, test, vi } from "vitest";

import { dropAllLinks, keepInvitation, takeLinks } from "../src/campaigns/links";
import { wayOut } from "../src/install/exits";
import { guideFor, otherGuides, type Guide } from "../src/install/guide";
import { addressOf, installPath } from "../src/install/handover";
import type { Place } from "../src/install/place";
import { drawCode } from "../src/install/qr";
import { androidSteps, iosSteps, safariSteps } from "../src/install/steps";

const HERE = "https://site.example";
const PAGE = `${HERE}/c/amis#invitation=xyz-xyz-xyz`;
const GUIDE = `${HERE}/install?to=%2Fc%2Famis`;

const ANDROID: Place = {
  system: "android",
  browser: "chrome",
  app: null,
  installed: false,
  ios: null,
  safari: null,
  tablet: false,
};
const IPHONE: Place = { ...ANDROID, system: "ios", browser: "safari", ios: 18.5, safari: 18.5 };
const DESKTOP: Place = { ...ANDROID, system: "desktop" };

test.each<[string, Place, boolean, Guide]>([
  ["Chrome lets us ask", ANDROID, true, "prompt"],
  ["Samsung Internet lets us ask", { ...ANDROID, browser: "samsung" }, true, "prompt"],
  ["Samsung Internet does not", { ...ANDROID, browser: "samsung" }, false, "android"],
  ["it is Firefox on Android", { ...ANDROID, browser: "firefox" }, false, "android"],
  ["it is Safari on an iPhone", IPHONE, false, "safari"],
  ["it is an iPad that says it is a Mac", { ...IPHONE, ios: null, tablet: true }, false, "safari"],
  ["it is Chrome on an iPhone", { ...IPHONE, browser: "chrome" }, false, "ios"],
  ["the iPhone is too old", { ...IPHONE, ios: 16.3 }, false, "ios-old"],
  ["the iPhone is just new enough", { ...IPHONE, ios: 16.4, browser: "chrome" }, false, "ios"],
  ["an app shows it on Android", { ...ANDROID, app: "instagram" }, true, "leave"],
  ["an app shows it on an old iPhone", { ...IPHONE, ios: 15.8, app: "unnamed" }, false, "leave"],
  ["it is a computer", DESKTOP, true, "desktop"],
  ["it was opened from its icon", { ...IPHONE, installed: true, app: null }, false, "installed"],
])("when %s", (_, place, prompt, guide) => {
  expect(guideFor(place, prompt)).toBe(guide);
});

test("the other ways are those that are not one's own", () => {
  expect(otherGuides("safari")).toEqual(["android", "ios"]);
  expect(otherGuides("prompt")).toEqual(["safari", "ios"]);
  expect(otherGuides("desktop")).toEqual(["android", "safari", "ios"]);
});

/** As Android's Intent.parseUri reads it: what follows the last "#" is the intent's, what is before it the address. */
function parseIntent(uri: string) {
  const at = uri.lastIndexOf("#");
  const [marker, ...parts] = uri.slice(at + 1).split(";");
  const told = Object.fromEntries(parts.filter((part) => part.includes("=")).map((part) => part.split("=")));
  return { marker, end: parts.at(-1), data: uri.slice(0, at).replace("intent:", `${told["scheme"]}:`), told };
}

test("on Android the page goes to the person's own browser, its keys with it, and to the guide when nothing takes it", () => {
  const intent = parseIntent(wayOut({ ...ANDROID, app: "instagram" }, PAGE, GUIDE) ?? "");
  expect([intent.marker, intent.end, intent.data]).toEqual(["Intent", "end", PAGE]);
  expect(intent.told["package"]).toBeUndefined();
  expect(decodeURIComponent(intent.told["S.browser_fallback_url"] ?? "")).toBe(GUIDE);
  const plain = parseIntent(wayOut({ ...ANDROID, app: "telegram" }, "http://127.0.0.1:8000/a/a1", GUIDE) ?? "");
  expect(plain.data).toBe("http://127.0.0.1:8000/a/a1");
});

test.each<[string, Partial<Place>, string | null]>([
  ["Facebook", { app: "facebook" }, `x-safari-${PAGE}`],
  ["Telegram", { app: "telegram" }, `x-safari-${PAGE}`],
  ["an app that says no name", { app: "unnamed" }, `x-safari-${PAGE}`],
  ["an app on an iPad that says no version", { app: "unnamed", ios: null }, `x-safari-${PAGE}`],
  ["Instagram", { app: "instagram" }, `instagram://extbrowser/?url=${encodeURIComponent(PAGE)}`],
  ["Threads", { app: "threads" }, `barcelona://extbrowser/?url=${encodeURIComponent(PAGE)}`],
  ["an iPhone that does not know x-safari", { app: "facebook", ios: 16.7 }, null],
  ["X, which lets nothing out", { app: "x" }, null],
  ["Snapchat", { app: "snapchat" }, null],
  ["WeChat", { app: "wechat" }, null],
  ["Safari itself", {}, null],
])("the way out of %s on an iPhone", (_, changes, way) => {
  expect(wayOut({ ...IPHONE, ...changes }, PAGE, GUIDE)).toBe(way);
});

test("there is none where it is known not to work, or not needed", () => {
  expect(wayOut({ ...ANDROID, app: "wechat" }, PAGE, GUIDE)).toBeNull();
  expect(wayOut(ANDROID, PAGE, GUIDE)).toBeNull();
  expect(wayOut(DESKTOP, PAGE, GUIDE)).toBeNull();
});

const campaignOf = (action: string) => ({ a1: "amis" })[action] ?? "";
const address = (path: string) => addressOf(path, HERE, campaignOf);

beforeEach(dropAllLinks);

test("a page is handed over with what opens it, in the part of the address that no server is told", async () => {
  await takeLinks({ "key-of-amis": "amis" });
  expect(address("/c/amis")).toBe(`${HERE}/c/amis#link=key-of-amis`);
  expect(address("/a/a1")).toBe(`${HERE}/a/a1#link=key-of-amis`);
  expect(address("/c/voisins")).toBe(`${HERE}/c/voisins`);
  expect(address("/a/a2?alert=5")).toBe(`${HERE}/a/a2`);
});

test("an invitation that waits goes along, whatever page one is on", async () => {
  await keepInvitation("amis", "code-of-amis");
  expect(address("/c/amis")).toBe(`${HERE}/c/amis#invitation=code-of-amis`);
  expect(address("/")).toBe(`${HERE}/c/amis#invitation=code-of-amis`);
  expect(address("/alerts")).toBe(`${HERE}/c/amis#invitation=code-of-amis`);
  expect(address("/a/a2")).toBe(`${HERE}/a/a2`);
});

test.each(["//elsewhere.example/a/a1", "https://elsewhere.example/", "/admin/", "javascript:alert(1)"])(
  "nothing but a page of the app is handed over: %s",
  (path) => {
    expect(address(path)).toBe(`${HERE}/`);
  },
);

test("the guide knows the page that one came from, and no secret of it", () => {
  expect(installPath("/a/a1?alert=2#link=key-of-amis")).toBe("/install?to=%2Fa%2Fa1");
  expect([installPath("/"), installPath("/install?to=%2Fa%2Fa1")]).toEqual(["/install", "/install"]);
});

test("every way ends with the icon, and an iPhone's with turning alerts on there", () => {
  expect(androidSteps("samsung").map(({ key }) => key)).toEqual([
    "step_menu_samsung",
    "step_add_samsung",
    "step_confirm_android",
  ]);
  const ways = [safariSteps(IPHONE), safariSteps({ safari: 27, tablet: false }), iosSteps("chrome")];
  expect(ways.map((way) => way[0]?.key)).toEqual(["step_share_safari", "step_dots_safari", "step_share_chrome_ios"]);
  expect(ways.map((way) => way.at(-1)?.key)).toEqual(Array(3).fill("step_open_ios"));
  expect(safariSteps({ safari: 27, tablet: true })[0]?.key).toBe("step_share_ipad");
});

test("the code is square, quiet around its edge, and another for another address", () => {
  const { size, path } = drawCode(PAGE);
  const corners = [...path.matchAll(/M(\d+) (\d+)h1/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const all = corners.flat();
  expect([Math.min(...all), Math.max(...all)]).toEqual([4, size - 5]);
  expect((size - 8 - 17) % 4).toBe(0);
  expect(drawCode(`${PAGE}2`).path).not.toBe(path);
});

test("the browser's offer is caught, asked once, and known to be taken", async () => {
  const page = new EventTarget();
  vi.stubGlobal("window", page);
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  const { app } = await import("../src/app/state.svelte");
  const { askToInstall, catchPrompt, recallInstalled } = await import("../src/install/prompt");
  catchPrompt();
  const asked = vi.fn(() => Promise.resolve({ outcome: "accepted" as const }));
  const event = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt: asked });
  page.dispatchEvent(event);
  expect([event.defaultPrevented, app.installPrompt !== null, app.installed]).toEqual([true, true, false]);
  expect([await askToInstall(), await askToInstall(), asked.mock.calls.length]).toEqual([true, false, 1]);
  page.dispatchEvent(new Event("appinstalled"));
  expect(app.installed).toBe(true);
  // Opened again in the same browser, it still knows.
  app.installed = false;
  await vi.waitFor(async () => {
    await recallInstalled();
    expect(app.installed).toBe(true);
  });
});
