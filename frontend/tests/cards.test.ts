/** What alerts left on the phone, beside what the server said. */
import { expect, test, vi } from "vitest";

import { renewCardsOf, withCards } from "../src/app/cards";
import { database } from "../src/store/database";
import { keepAnswer } from "../src/store/answers";
import { allCards, keepCard } from "../src/store/card";
import { makeAction, makeCard } from "./make";

const LATER = 4_000_000_000_000;
const FEED = { as_of: "2026-11-24T10:00:00Z", campaigns: [], live: [makeAction({ id: "a1" })], coming: [], over: [] };

test("a phone that no alert came to shows the very feed that it has", async () => {
  expect(await withCards(FEED, 0)).toBe(FEED);
});

test("a card that is younger than the feed is shown, until the server says more", async () => {
  await keepCard(makeCard({ action: "a1", title: "Déplacée" }), "al1", LATER, Date.now());
  const [shown] = (await withCards(FEED, 0)).live;
  expect(shown?.title).toMatchObject({ fr: "Déplacée" });
  expect((await withCards(FEED, 0, "another")).live).toEqual(FEED.live);
  await renewCardsOf([makeAction({ id: "a1", title: { fr: "Confirmée" } }), makeAction({ id: "a2" })]);
  expect((await allCards()).map(({ title }) => title)).toEqual(["Confirmée"]);
});

test("keeping an answer does not read all the others", async () => {
  await database();
  const reading = vi.spyOn(IDBObjectStore.prototype, "getAll");
  await keepAnswer({ asked: "feed", data: FEED, at: FEED.as_of, closed: null });
  expect(reading).not.toHaveBeenCalled();
  reading.mockRestore();
});

test("of too many answers the oldest goes", async () => {
  for (let number = 0; number <= 120; number += 1)
    await keepAnswer({ asked: `actions/${number}`, data: {}, at: FEED.as_of, closed: null });
  const kept = await (await database()).getAllKeys("answers");
  expect(kept).toHaveLength(120);
  expect(kept).toContain("actions/120");
});
