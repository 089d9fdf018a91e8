import { expect, test } from "vitest";

import { isBanned, unconfirmedSince } from "../src/actions/confirmed";
import { findCard, keepCard } from "../src/store/card";
import { cardToAction } from "../src/store/card-action";
import { renewCard } from "../src/store/fresher";
import { makeAction, makeCard, makeGathering } from "./make";

const CHECKED = "2026-11-22T17:00:00Z";
const DAY = 24 * 3600 * 1000;
const CASE = { what_to_do: { fr: "Venez." }, source: "s", checked_at: CHECKED, legal_phone: "", persons: [] };

test("it takes a case for unconfirmed a day after its last check, on the clock of now", () => {
  const action = makeAction({ kind: "solidarity_alert", solidarity_alert: CASE });
  const checked = Date.parse(CHECKED);
  expect(unconfirmedSince(action, checked + DAY)).toBe("");
  expect(unconfirmedSince(action, checked + DAY + 1)).toBe(CHECKED);
});

test("it takes nothing else for unconfirmed: another kind, or a card that does not say", () => {
  expect(unconfirmedSince(makeAction(), Date.parse(CHECKED) + 9 * DAY)).toBe("");
  const card = cardToAction(makeCard({ kind: "solidarity_alert" }), "fr");
  expect(unconfirmedSince(card, Date.parse(CHECKED) + 9 * DAY)).toBe("");
});

test("a card greys by itself, and says that a rally is banned", () => {
  const summons = cardToAction(makeCard({ kind: "solidarity_alert", checked_at: CHECKED }), "fr");
  expect(unconfirmedSince(summons, Date.parse(CHECKED) + 2 * DAY)).toBe(CHECKED);
  expect(isBanned(cardToAction(makeCard({ declaration: "banned" }), "fr"))).toBe(true);
  expect(isBanned(cardToAction(makeCard(), "fr"))).toBe(false);
});

test("what the server says takes the place of what an alert left on the phone", async () => {
  await keepCard(
    makeCard({ action: "a1", title: "Pour Camille", text: "Camille sort." }),
    "al1",
    4_000_000_000_000,
    Date.now(),
  );
  const fresh = makeAction({ id: "a1", title: { fr: "Pour une personne" }, gatherings: [makeGathering()] });
  const other = makeAction({ id: "a2" });
  for (const action of [fresh, other]) await renewCard(action, (text) => text["fr"] ?? "");
  const kept = await findCard("a1");
  expect(JSON.stringify(kept)).not.toContain("Camille");
  expect(kept).toMatchObject({ title: "Pour une personne", gatherings: [{ name: "Sorbonne" }] });
  expect(await findCard("a2")).toBeNull();
});
