import { expect, test } from "vitest";

import { bringTo, chooseWindow, tapTarget, type OpenWindow } from "../src/worker/tap";

const ORIGIN = "https://site.example";

class FakeWindow implements OpenWindow {
  focused = false;
  visibilityState: DocumentVisibilityState = "hidden";
  calls: string[] = [];
  answers = true;
  constructor(
    readonly url: string,
    changes: Partial<FakeWindow> = {},
  ) {
    Object.assign(this, changes);
  }
  async focus() {
    this.calls.push("focus");
  }
  async navigate(url: string) {
    this.calls.push(`navigate ${url}`);
  }
  postMessage(message: { path: string }, [port]: MessagePort[]) {
    this.calls.push(`message ${message.path}`);
    if (this.answers) port!.postMessage("going");
  }
}

test("it leads to the action", () => {
  expect(tapTarget({ navigate: `${ORIGIN}/a/a1?alert=al1` }, ORIGIN)).toBe("/a/a1?alert=al1");
});

test.each([
  ["another site", "https://evil.example/a/a1"],
  ["the admin", `${ORIGIN}/admin/`],
  ["a script", "javascript:alert(1)"],
  ["nothing", ""],
])("it leads to the feed instead of %s", (_, navigate) => {
  expect(tapTarget({ navigate }, ORIGIN)).toBe("/");
  expect(tapTarget(null, ORIGIN)).toBe("/");
});

test("it takes the window that shows the page already", () => {
  const there = new FakeWindow(`${ORIGIN}/a/a1`);
  const front = new FakeWindow(`${ORIGIN}/`, { focused: true, visibilityState: "visible" });
  expect(chooseWindow([front, there], "/a/a1?alert=al1", ORIGIN)).toBe(there);
});

test("it takes the window in front otherwise", () => {
  const back = new FakeWindow(`${ORIGIN}/settings`);
  const front = new FakeWindow(`${ORIGIN}/`, { visibilityState: "visible" });
  expect(chooseWindow([back, front], "/a/a1", ORIGIN)).toBe(front);
});

test("it leaves an organiser's admin alone", () => {
  expect(chooseWindow([new FakeWindow(`${ORIGIN}/admin/campaigns/`)], "/a/a1", ORIGIN)).toBeNull();
});

test("it asks the app to go there, without a reload", async () => {
  const window = new FakeWindow(`${ORIGIN}/`);
  await bringTo(window, "/a/a1");
  expect(window.calls).toEqual(["focus", "message /a/a1"]);
});

test("it reloads a page that does not answer", async () => {
  const window = new FakeWindow(`${ORIGIN}/`, { answers: false });
  await bringTo(window, "/a/a1");
  expect(window.calls).toEqual(["focus", "message /a/a1", "navigate /a/a1"]);
});
