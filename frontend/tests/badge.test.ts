import { expect, test, vi } from "vitest";

import type { Action, Device, Feed } from "../src/api/types";
import { showBadge } from "../src/badge/badge";
import { badgeOf, countLive } from "../src/badge/live";
import { keepAnswer } from "../src/store/answers";
import { setPreference } from "../src/store/preferences";
import { countKept } from "../src/worker/badge";
import { receivePush } from "../src/worker/receive";
import { makeAction, makeCard, makePayload } from "./make";
import { json, makeDevice, network } from "./network";

const NOW = Date.parse("2026-11-22T18:00:00Z");
const ALL = ["hashtag_push", "rally_call", "solidarity_alert", "broadcast", "outreach"] as const;
const FOLLOWS = [{ campaign: "c1", kinds: [...ALL] }];
const live = (changes: Partial<Action> = {}) => makeAction(changes);
const banned = { declaration: "banned", practical: {} } as Action["rally_call"];

test.each<[string, Action[], number]>([
  ["nothing is on", [], 0],
  ["one is on", [live()], 1],
  ["it begins in this very moment", [live({ starts_at: "2026-11-22T18:00:00Z" })], 1],
  ["it begins in a moment", [live({ starts_at: "2026-11-22T18:00:01Z" })], 0],
  ["it ends in this very moment", [live({ ends_at: "2026-11-22T18:00:00Z" })], 0],
  ["it ends in a moment", [live({ ends_at: "2026-11-22T18:00:01Z" })], 1],
  ["it was called off", [live({ state: "cancelled" })], 0],
  ["it is a rally that was banned", [live({ kind: "rally_call", rally_call: banned })], 0],
  ["another campaign's is on", [live({ campaign: "c2" })], 0],
  ["two are on", [live(), live({ id: "a2", kind: "outreach" })], 2],
  ["two feeds hold the same one", [live(), live()], 1],
])("when %s", (_, actions, count) => {
  expect(countLive(actions, FOLLOWS, NOW)).toBe(count);
});

test("what somebody wants no alert of is not counted", () => {
  const follows = [{ campaign: "c1", kinds: ALL.filter((kind) => kind !== "outreach") }];
  expect(countLive([live(), live({ id: "a2", kind: "outreach" })], follows, NOW)).toBe(1);
});

test("who follows nothing has no number, nor has who erased everything", () => {
  const feed = { live: [live()], coming: [], over: [], campaigns: [] } as unknown as Feed;
  const device = makeDevice({ follows: FOLLOWS }) as Device;
  const known = { erased: false, feed, device, now: NOW };
  expect(badgeOf(known)).toBe(1);
  expect(badgeOf({ ...known, device: null })).toBe(0);
  expect(badgeOf({ ...known, erased: true })).toBe(0);
  expect(badgeOf({ ...known, feed: null })).toBeNull();
});

function badges(): (number | null)[] {
  const shown: (number | null)[] = [];
  vi.stubGlobal("navigator", {
    language: "fr-FR",
    languages: ["fr-FR"],
    setAppBadge: async (count: number) => void shown.push(count),
    clearAppBadge: async () => void shown.push(null),
  });
  return shown;
}

test("none is shown for nothing, and a system that refuses is left in peace", async () => {
  const shown = badges();
  await showBadge(3);
  await showBadge(0);
  await showBadge(null);
  expect(shown).toEqual([3, null]);
  vi.stubGlobal("navigator", { setAppBadge: () => Promise.reject(new DOMException("no", "NotAllowedError")) });
  await showBadge(1);
  vi.stubGlobal("navigator", {});
  await showBadge(1);
});

async function keepFeed(actions: Action[], asked = "feed"): Promise<void> {
  const data = { live: actions, coming: [], over: [], campaigns: [] };
  await keepAnswer({ asked, data, at: "2026-11-22T17:00:00Z", closed: null });
}

const card = () =>
  makeCard({ action: "a9", kind: "broadcast", starts_at: "2026-11-22T17:30:00Z", ends_at: "2026-11-22T19:00:00Z" });

test("an alert's own action is counted with those that the phone has kept, without a network", async () => {
  const asked = network(() => json(null, 204));
  await setPreference("device", makeDevice({ follows: FOLLOWS }) as Device);
  await keepFeed([live()]);
  await keepFeed([live({ id: "a2" })], "campaigns/c1/feed");
  expect(await countKept(card(), NOW)).toBe(3);
  expect(await countKept(null, NOW)).toBe(2);
  expect(asked).toEqual([]);
});

test("an alert about an action that the phone knows counts it once, by the hours that it brings", async () => {
  await setPreference("device", makeDevice({ follows: FOLLOWS }) as Device);
  await keepFeed([live({ id: "a9", kind: "broadcast", starts_at: "2026-11-23T17:00:00Z" })]);
  expect(await countKept(null, NOW)).toBe(0);
  expect(await countKept(card(), NOW)).toBe(1);
});

test("an alert of what was cancelled makes no number", async () => {
  await setPreference("device", makeDevice({ follows: FOLLOWS }) as Device);
  await keepFeed([live({ id: "a9", kind: "broadcast" })]);
  expect(await countKept({ ...card(), state: "cancelled" }, NOW)).toBe(0);
});

test("an alert that is early for its action makes no number yet", async () => {
  await setPreference("device", makeDevice({ follows: FOLLOWS }) as Device);
  expect(await countKept(card(), Date.parse("2026-11-22T17:00:00Z"))).toBe(0);
});

test("a phone that has kept nothing and is told nothing leaves the number as it is", async () => {
  expect(await countKept(null, NOW)).toBeNull();
});

test("the worker puts the number there when an alert comes", async () => {
  network(() => json(null, 204));
  const shown = badges();
  vi.setSystemTime(NOW);
  await receivePush(
    makePayload({ data: { card: card() } }),
    async () => undefined,
    async () => undefined,
  );
  vi.useRealTimers();
  expect(shown).toEqual([1]);
});
