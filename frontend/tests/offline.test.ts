import { expect, test } from "vitest";

import { cardToAction, isKnownPlace } from "../src/store/card";
import { askAgainIn } from "../src/actions/hashtag/reveal";
import { unseen } from "../src/actions/hashtag/unseen";
import { dropOldShells, isAppNavigation, shellName } from "../src/worker/shell";
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

test("it names each build's shell differently and drops the old ones only", async () => {
  const [old, fresh] = [[{ url: "/", revision: "1" }], [{ url: "/", revision: "2" }]];
  expect(shellName(old)).not.toBe(shellName(fresh));
  for (const name of [shellName(old), shellName(fresh), "pictures"]) await caches.open(name);
  await dropOldShells(fresh);
  expect(await caches.keys()).toEqual([shellName(fresh), "pictures"]);
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
