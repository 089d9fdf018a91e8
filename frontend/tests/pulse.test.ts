import { beforeEach, expect, test, vi } from "vitest";

import { watchPulse } from "../src/actions/pulse";
import type { Pulse } from "../src/api/types";
import { app } from "../src/app/state.svelte";
import { away, json, network } from "./network";

const PULSE = { as_of: "2026-11-24T10:00:00Z", joined: 12, done: null, notes: [] };
const ACTION = { id: "a1", campaign: "c1" };

/** What the page itself names to be asked for. */
const named: { href: string; taken: boolean; setAttribute: () => void }[] = [];

function name(href: string): void {
  const link = { href, taken: false, setAttribute: () => void (link.taken = true) };
  named.push(link);
}

beforeEach(() => {
  vi.stubGlobal("document", {
    visibilityState: "visible",
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    querySelector: (wanted: string) => named.find((link) => wanted.includes(`"${link.href}"]`) && !link.taken) ?? null,
  });
  named.length = 0;
  app.noteFresh();
});

test("a count that does not come says that the network is away, and the last one is told again", async () => {
  const told: Pulse[] = [];
  network(() => json(PULSE));
  const stop = watchPulse(ACTION, true, (pulse) => told.push(pulse));
  await vi.waitFor(() => expect(told).toEqual([PULSE]));
  stop();

  network(away);
  const again: Pulse[] = [];
  const stopAgain = watchPulse(ACTION, true, (pulse) => again.push(pulse));
  await vi.waitFor(() => expect([again, app.network]).toEqual([[PULSE], "away"]));
  stopAgain();
});

/** How the browser's own cache is used for a count. */
async function cacheAsked(): Promise<RequestCache[]> {
  const caches: RequestCache[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    caches.push(request.cache);
    return json(PULSE);
  });
  const told: Pulse[] = [];
  const stop = watchPulse(ACTION, true, (pulse) => told.push(pulse));
  await vi.waitFor(() => expect([told.length > 0, caches.length]).toEqual([true, 1]));
  stop();
  return caches;
}

test("nothing is taken from the browser's own cache without asking the server", async () => {
  name("/api/v1/feed");
  expect(await cacheAsked()).toEqual(["no-cache"]);
});

test("what the page has asked the server for is taken from there, once", async () => {
  name("/api/v1/actions/a1/pulse");
  expect([...(await cacheAsked()), ...(await cacheAsked())]).toEqual(["default", "no-cache"]);
});
