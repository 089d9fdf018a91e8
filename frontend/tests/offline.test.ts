import { expect, test, vi } from "vitest";

import { isKnownPlace } from "../src/store/card";
import { cardToAction } from "../src/store/card-action";
import { askAgainIn } from "../src/actions/hashtag/reveal";
import { unseen } from "../src/actions/hashtag/unseen";
import {
  answerFile,
  dropOldShells,
  findInShell,
  isAppNavigation,
  isShellFile,
  keepShell,
  shellName,
  type ShellFile,
} from "../src/worker/shell";
import { makeCard } from "./make";

test.each([
  ["/", true],
  ["/a/a1", true],
  ["/settings", true],
  ["/admin/", false],
  ["/admin", false],
  ["/accounts/login/", false],
  ["/api/v1/docs", false],
  ["/static/x", false],
  ["/actions/a1.ics", false],
  ["/campaigns/c1/calendar.ics", false],
  ["/healthz", false],
  ["/readyz", false],
  ["/metrics", false],
])("it answers a visit to %s itself: %s", (path, own) => {
  expect(isAppNavigation(new URL(path, "https://site.example"))).toBe(own);
});

/** The files of a build: the page, and one screen whose name says which build it is of. */
const build = (number: number): ShellFile[] => [
  { url: "/shell", revision: `${number}` },
  { url: `/assets/Consent-${number}.js`, revision: null },
];

/** What the worker of a build does when it comes; the server has the files of that build alone. */
async function install(number: number, answering = (path: string) => new Response(`${path} of ${number}`)) {
  vi.stubGlobal("fetch", async ({ url }: Request) => answering(new URL(url).pathname));
  await keepShell(build(number));
  await dropOldShells(build(number));
}

const found = async (number: number, path: string) => (await findInShell(build(number), path))?.text();

test("a page that was open before an upgrade still finds its own screens, and a new one has the new page", async () => {
  await install(1);
  await install(2);
  expect(await found(2, "/assets/Consent-1.js")).toBe("/assets/Consent-1.js of 1");
  expect(await found(2, "/assets/Consent-2.js")).toBe("/assets/Consent-2.js of 2");
  expect(await found(2, "/shell")).toBe("/shell of 2");
});

test("only the shell before is kept, and nothing else is touched", async () => {
  await caches.open("pictures");
  for (const number of [1, 2, 3]) await install(number);
  expect(await caches.keys()).toEqual(["pictures", shellName(build(2)), shellName(build(3))]);
});

test("a build that never came whole does not push out the one that is in use", async () => {
  await install(1);
  const broken = install(2, () => new Response("", { status: 502 }));
  await expect(broken).rejects.toThrow();
  await install(3);
  expect(await caches.keys()).toEqual([shellName(build(1)), shellName(build(3))]);
});

test("a build that comes again finds itself, and keeps the one that it takes the place of", async () => {
  for (const number of [1, 2, 1]) await install(number);
  expect(await found(1, "/shell")).toBe("/shell of 1");
  expect(await found(1, "/assets/Consent-2.js")).toBe("/assets/Consent-2.js of 2");
});

/** What a page that wants a file of this build is given by the worker of another, and how often it is told to go. */
async function ask(number: number, path: string, network = async () => new Response("", { status: 404 })) {
  let told = 0;
  const answer = await answerFile(build(number), path, network, async () => void (told += 1)).catch(() => null);
  return [answer?.status ?? null, told];
}

test("a page that is older than the shell before is told when a file of its is nowhere any more", async () => {
  for (const number of [1, 2, 3]) await install(number);
  expect(await ask(3, "/assets/Consent-1.js")).toEqual([404, 1]);
  expect(await ask(3, "/assets/Consent-2.js")).toEqual([200, 0]);
});

test.each([
  ["without a network", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["while the server is in trouble", async () => new Response("", { status: 502 })],
  ["of one that has it", async () => new Response("here")],
])("it is not told %s", async (_, network) => {
  for (const number of [1, 2, 3]) await install(number);
  expect((await ask(3, "/assets/Consent-1.js", network))[1]).toBe(0);
});

test("a page of this very build is never told, so what was loaded anew does not begin again", async () => {
  for (const number of [1, 2, 3]) await install(number);
  await (await caches.open(shellName(build(3)))).delete(new Request(`${location.origin}/assets/Consent-3.js`));
  expect(await ask(3, "/assets/Consent-3.js")).toEqual([404, 0]);
});

test("nor is one that would be loaded from the network, as the phone has kept no page", async () => {
  expect(await ask(3, "/assets/Consent-1.js")).toEqual([404, 0]);
});

test("of another build nothing but its built files is answered", async () => {
  await install(1);
  const own = [{ url: "/other", revision: "2" }];
  expect(await findInShell(own, "/shell")).toBeUndefined();
  expect(["/assets/Consent-1.js", "/other", "/shell"].map((path) => isShellFile(own, path))).toEqual([
    true,
    true,
    false,
  ]);
});

test("it makes a page of a card", () => {
  const action = cardToAction(makeCard({ kind: "solidarity_alert", legal_phone: "01 23" }), "fr");
  expect(action.title).toEqual({ fr: "Devant la Sorbonne" });
  expect(action.gatherings).toHaveLength(1);
  expect(isKnownPlace(action.gatherings[0]!.id)).toBe(false);
  expect(action.solidarity_alert).toMatchObject({ legal_phone: "01 23", persons: [] });
  expect(action.hashtag_push).toBeNull();
});

test("it makes a page of calls of a card that knows nobody", () => {
  const action = cardToAction(makeCard({ kind: "outreach" }), "fr");
  expect(action.outreach?.script).toEqual({});
  expect(action.rally_call).toBeNull();
});

test("it joins the very place that an alert named", () => {
  const place = { id: "g7", name: "Sorbonne", address: "Place de la Sorbonne", starts_at: "2026-11-24T11:00:00Z" };
  const [shown] = cardToAction(makeCard({ gatherings: [place] }), "fr").gatherings;
  expect([shown!.id, isKnownPlace(shown!.id)]).toEqual(["g7", true]);
});

test.each([
  ["that its hashtag comes", { reveal_at: "2026-11-24T11:00:00Z" }, "hashtag_hidden"],
  ["its hashtag", { hashtag: "Ensemble" }, "Ensemble"],
  ["that its hashtag was withdrawn", { reveal_at: null }, "hashtag_withdrawn"],
  ["nothing of a hashtag, as older alerts did", {}, "hashtag_unknown"],
])("it says of a push what its alert said: %s", (_, said, sign) => {
  const push = cardToAction(makeCard({ kind: "hashtag_push", ...said }), "fr").hashtag_push!;
  expect(push.hashtag ?? unseen(push, false)).toBe(sign);
  expect(askAgainIn(push, 0, () => 0) === null).toBe(sign !== "hashtag_hidden");
});

test("a hashtag that should be there is asked for soon, and the less often the longer no answer comes", () => {
  const reveal_at = "2026-11-24T11:00:00Z";
  const push = cardToAction(makeCard({ kind: "hashtag_push", reveal_at }), "fr").hashtag_push!;
  const after = Date.parse(reveal_at) + 5000;
  const pauses = [0, 1, 2, 3, 10].map((failures) => askAgainIn(push, after, () => 0, failures));
  expect(pauses).toEqual([300, 10_000, 20_000, 40_000, 120_000]);
});
