import { expect, test } from "vitest";

import { newStep, stepOf } from "../src/actions/milestones";
import { nextInCampaign } from "../src/feed/programme";
import { makeAction } from "./make";

test.each([
  [99, null, 0],
  [100, null, 100],
  [499, null, 100],
  [1184, null, 1000],
  [310, 300, 300],
  [600, 300, 500],
  [12, 10, 10],
])("%i with the goal %s has reached %i", (count, goal, step) => {
  expect(stepOf(count, goal)).toBe(step);
});

test("what was reached before the first look is no news", async () => {
  expect(await newStep("action:a1", 500)).toBeNull();
  expect(await newStep("action:a1", 500)).toBeNull();
});

test("a step is said once, also after the page was closed", async () => {
  await newStep("action:a1", 0);
  expect(await newStep("action:a1", 100)).toBe(100);
  expect(await newStep("action:a1", 100)).toBeNull();
  expect(await newStep("action:a1", 500)).toBe(500);
});

test("two screens that see it at once say it once", async () => {
  await newStep("action:a1", 0);
  const said = await Promise.all([newStep("action:a1", 100), newStep("action:a1", 100)]);
  expect(said.filter(Boolean)).toEqual([100]);
});

test("a count that fell and comes back is no news", async () => {
  await newStep("action:a1", 0);
  await newStep("action:a1", 500);
  expect(await newStep("action:a1", 100)).toBeNull();
  expect(await newStep("action:a1", 500)).toBeNull();
});

test("each action and each campaign has steps of its own", async () => {
  await newStep("action:a1", 100);
  await newStep("campaign:a1", 0);
  expect(await newStep("campaign:a1", 500)).toBe(500);
  expect(await newStep("action:a2", 500)).toBeNull();
});

const NOW = Date.parse("2026-11-22T20:30:00Z");
const at = (hour: string) => `2026-11-22T${hour}:00Z`;
const over = makeAction({ id: "over" });
const live = makeAction({ id: "live", starts_at: at("20:00"), ends_at: at("23:00") });
const soon = makeAction({ id: "soon", starts_at: at("21:00"), ends_at: at("22:00") });

test("what is over leads to what else the campaign has on, then to what comes first", () => {
  const later = makeAction({ id: "later", starts_at: at("22:00"), ends_at: at("23:00") });
  expect(nextInCampaign(over, [later, soon, live], NOW)?.id).toBe("live");
  expect(nextInCampaign(over, [later, soon], NOW)?.id).toBe("soon");
});

test("it leads to no other campaign, to nothing cancelled, and not to itself", () => {
  const elsewhere = { ...live, campaign: "c2" };
  const cancelled = { ...live, state: "cancelled" as const };
  expect(nextInCampaign(live, [elsewhere, cancelled, live, over], NOW)).toBeNull();
});
