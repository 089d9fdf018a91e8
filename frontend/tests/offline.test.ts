import { expect, test } from "vitest";

import { KEPT_AT } from "../src/api/client";
import { cardToAction } from "../src/store/card";
import { answer, isKept } from "../src/worker/answers";
import { dropOldShells, isAppNavigation, shellName } from "../src/worker/shell";
import { makeCard } from "./make";
import { away, json } from "./network";

const FEED = new Request("https://site.example/api/v1/feed");

async function ask(network: () => Response | Promise<Response>, patience?: number): Promise<Response> {
  const work: Promise<unknown>[] = [];
  const response = await answer(
    FEED,
    async () => network(),
    (each) => void work.push(each),
    patience,
  );
  await Promise.all(work);
  return response;
}

test("it gives the network's answer, and that same one when the network is away", async () => {
  expect((await ask(() => json({ n: 1 }))).headers.get(KEPT_AT)).toBeNull();
  const kept = await ask(away);
  expect(await kept.json()).toEqual({ n: 1 });
  expect(Date.parse(kept.headers.get(KEPT_AT)!)).toBeGreaterThan(0);
});

test("it gives what was kept when the server is in trouble", async () => {
  await ask(() => json({ n: 1 }));
  expect(await (await ask(() => json({}, 503))).json()).toEqual({ n: 1 });
});

test("it does not wait for ever", async () => {
  await ask(() => json({ n: 1 }));
  const slow = () => new Promise<Response>((resolve) => setTimeout(resolve, 60, json({ n: 2 })));
  expect(await (await ask(slow, 10)).json()).toEqual({ n: 1 });
  expect(await (await ask(away)).json()).toEqual({ n: 2 });
});

test("it fails when there is neither network nor memory", async () => {
  await expect(ask(away)).rejects.toThrow("Failed to fetch");
});

test("it forgets an action that is gone and keeps nothing that may not be kept", async () => {
  await ask(() => json({ n: 1 }));
  await ask(() => json({}, 404));
  await expect(ask(away)).rejects.toThrow();
  await ask(() => new Response("{}", { headers: { "cache-control": "private, no-store" } }));
  await expect(ask(away)).rejects.toThrow();
});

test.each([
  ["/api/v1/feed", true],
  ["/api/v1/actions/a1", true],
  ["/api/v1/campaigns/c1/feed", true],
  ["/api/v1/actions/a1/pulse", false],
  ["/api/v1/actions/a1/participation", false],
  ["/api/v1/device", false],
])("it keeps %s: %s", (path, kept) => {
  expect(isKept(new URL(path, "https://site.example"))).toBe(kept);
});

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
  for (const name of [shellName(old), shellName(fresh), "answers"]) await caches.open(name);
  await dropOldShells(fresh);
  expect(await caches.keys()).toEqual([shellName(fresh), "answers"]);
});

test("it makes a page of a card", () => {
  const action = cardToAction(makeCard({ kind: "solidarity_alert", legal_phone: "01 23" }), "fr");
  expect(action.title).toEqual({ fr: "Devant la Sorbonne" });
  expect(action.gatherings).toHaveLength(1);
  expect(action.solidarity_alert).toMatchObject({ legal_phone: "01 23", persons: [] });
  expect(action.hashtag_push).toBeNull();
});
