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

const APPROVAL = "/admin/campaigns/hashtagpush/7/alerts/8/approval/";

test("it leads an organiser to the page on which an alert is approved, and nobody else to the admin", () => {
  const navigate = `${ORIGIN}${APPROVAL}`;
  expect(tapTarget({ navigate, type: "approval" }, ORIGIN)).toBe(APPROVAL);
  for (const type of ["alert", "test", "verification", "canary"] as const)
    expect(tapTarget({ navigate, type }, ORIGIN)).toBe("/");
  expect(tapTarget({ navigate: `https://evil.example${APPROVAL}`, type: "approval" }, ORIGIN)).toBe("/");
  expect(tapTarget({ navigate: `${ORIGIN}/accounts/logout/`, type: "approval" }, ORIGIN)).toBe("/");
  expect(tapTarget({ navigate: `${ORIGIN}/admin/../accounts/logout/`, type: "approval" }, ORIGIN)).toBe("/");
});

test("it opens the approval in a window of its own: an admin page may be half filled in", () => {
  const typing = new FakeWindow(`${ORIGIN}/admin/campaigns/hashtagpush/7/change/`, { focused: true });
  const app = new FakeWindow(`${ORIGIN}/`);
  expect(chooseWindow([typing, app], APPROVAL, ORIGIN)).toBeNull();
});

test("it brings the approval that is open already to the front, with what is typed into it", async () => {
  const open = new FakeWindow(`${ORIGIN}${APPROVAL}`);
  expect(chooseWindow([new FakeWindow(`${ORIGIN}/`), open], APPROVAL, ORIGIN)).toBe(open);
  await bringTo(open, APPROVAL);
  expect(open.calls).toEqual(["focus"]);
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
