import { expect, test } from "vitest";

import { contactLink, geoLink, isWebAddress, nearestFirst, phoneLink } from "../src/actions/gatherings";
import { byDay, sortByPhase } from "../src/feed/programme";
import { nextPause } from "../src/actions/pulse";
import { askAgainIn, isHidden } from "../src/actions/hashtag/reveal";
import { makeAction, makeGathering } from "./make";

const NOW = Date.parse("2026-11-22T18:00:00Z");
const PUSH = { hashtag: null, reveal_at: "2026-11-22T18:00:10Z", link: "", talking_points: {}, questions: null };

test("it asks for a hidden hashtag when it may be seen, not everybody at once", () => {
  expect(isHidden(PUSH)).toBe(true);
  expect(askAgainIn(PUSH, NOW, () => 0)).toBe(10_300);
  expect(askAgainIn(PUSH, NOW, () => 1)).toBe(12_800);
  expect(askAgainIn(PUSH, NOW + 60_000, () => 0)).toBe(300);
  expect(askAgainIn({ ...PUSH, hashtag: "#oui" }, NOW, () => 0)).toBeNull();
});

test("it asks for the count every 5 to 10 s, less often after failures", () => {
  expect(nextPause(0, 0, () => 0)).toBe(5000);
  expect(nextPause(0, 0, () => 1)).toBe(10_000);
  expect(nextPause(2, 0, () => 0)).toBe(20_000);
  expect(nextPause(20, 0, () => 0)).toBe(120_000);
  expect(nextPause(0, 300, () => 0)).toBe(300_000);
});

test("it sorts by the clock of now, whatever the feed said", () => {
  const live = makeAction({ id: "live" });
  const coming = makeAction({ id: "coming", starts_at: "2026-11-23T10:00:00Z", ends_at: "2026-11-23T11:00:00Z" });
  const cancelled = makeAction({ id: "cancelled", state: "cancelled" });
  const ids = (actions: { id: string }[]) => actions.map(({ id }) => id);
  const { live: on, coming: next, over } = sortByPhase([coming, live, cancelled], NOW);
  expect([ids(on), ids(next), ids(over)]).toEqual([["live"], ["coming"], ["cancelled"]]);
});

test("it groups by the day of the action's own zone", () => {
  const late = makeAction({ id: "1", starts_at: "2026-11-22T23:30:00Z" });
  const next = makeAction({ id: "2", starts_at: "2026-11-23T10:00:00Z" });
  expect(byDay([late, next]).map(({ actions }) => actions.length)).toEqual([2]);
});

test("it puts the person's own departement first, then the hour", () => {
  const paris = makeGathering({ id: "paris" });
  const lille = makeGathering({ id: "lille", departement: "59", starts_at: "2026-11-24T18:00:00Z" });
  const lyon = makeGathering({ id: "lyon", departement: "69", starts_at: "2026-11-24T08:00:00Z" });
  const order = (departement: string | null) => nearestFirst([paris, lille, lyon], departement).map(({ id }) => id);
  expect(order("59")).toEqual(["lille", "lyon", "paris"]);
  expect(order(null)).toEqual(["lyon", "paris", "lille"]);
});

test("it opens the phone's own map", () => {
  expect(geoLink(makeGathering({ latitude: 48.8, longitude: 2.3, address: "" }))).toBe("geo:48.8,2.3?q=48.8,2.3");
  expect(geoLink(makeGathering({ address: "12 rue X" }))).toBe("geo:0,0?q=12%20rue%20X");
  expect(geoLink(makeGathering({ address: "" }))).toBe("");
});

test("it links only what it knows to be safe", () => {
  expect(phoneLink("+33 (0)1 23.45")).toBe("tel:+33012345");
  expect(contactLink("org@example.org")).toBe("mailto:org@example.org");
  expect(contactLink("01 23 45 67 89")).toBe("tel:0123456789");
  expect(contactLink("https://example.org")).toBe("https://example.org");
  expect(contactLink("javascript:alert(1)")).toBe("");
  expect(isWebAddress("javascript:alert(1)")).toBe(false);
});
