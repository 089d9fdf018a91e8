/** What somebody tired, on the way, with one hand, would read wrongly. */
import type { Component } from "svelte";
import { render } from "svelte/server";
import { beforeEach, expect, test } from "vitest";

import GatheringCard from "../src/actions/rally/GatheringCard.svelte";
import { app } from "../src/app/state.svelte";
import LiveCard from "../src/feed/LiveCard.svelte";
import { t } from "../src/words/words";
import { makeAction, makeGathering } from "./make";

const STARTS = "2026-11-24T11:00:00Z";

function read<Props extends Record<string, unknown>>(part: Component<Props>, props: Props): string {
  const { body } = render(part as Component<Record<string, unknown>>, { props });
  return body.replace(/<[^>]*>/g, "").replace(/[ \n]+/g, " ");
}

beforeEach(() => {
  app.noteFresh();
  app.now = Date.parse(STARTS) + 60_000;
});

test.each([
  ["today by its hour", "2026-11-24T17:00:00Z", "jusqu'à 18"],
  ["at night by its day too", "2026-11-25T01:00:00Z", "jusqu'à demain"],
  ["in days by its day too", "2026-12-06T17:00:00Z", "jusqu'à dimanche 6 décembre"],
])("what is on says until when: %s", (_, ends_at, said) => {
  expect(read(LiveCard, { action: makeAction({ starts_at: STARTS, ends_at }) })).toContain(said);
});

test.each([
  ["on the same day", "2026-11-24T13:00:00Z", /jusqu'à 14/],
  ["the next morning", "2026-11-25T07:00:00Z", /jusqu'à demain 8/],
])("a gathering that ends %s says so", (_, ends_at, said) => {
  const gathering = makeGathering({ starts_at: STARTS, ends_at });
  const action = makeAction({ kind: "rally_call", starts_at: STARTS, ends_at });
  expect(read(GatheringCard, { action, gathering, joinable: true, alone: true, coming: false })).toMatch(said);
});

test.each([
  ["while it is on", {}, true],
  ["once it is over", { ends_at: "2026-11-24T11:00:30Z" }, false],
  ["once it is cancelled", { state: "cancelled" as const }, false],
])("that one will be there is said %s: %s", (_, changes, said) => {
  const action = makeAction({ kind: "rally_call", starts_at: STARTS, ends_at: "2026-11-24T13:00:00Z", ...changes });
  const card = read(GatheringCard, {
    action,
    gathering: makeGathering(),
    joinable: false,
    alone: true,
    coming: true,
  });
  expect([card.includes(t("coming")), card.includes(t("not_coming"))]).toEqual([said, said]);
});
