/** A phone whose memory takes nothing: what somebody does leaves from the page, or is said not to have left. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Calls } from "../src/actions/outreach/calls.svelte";
import { dismissGesture, sendGestures, showGestures, takePart, withdraw } from "../src/actions/participation";
import { eraseStores } from "../src/store/erase";
import type { Claim } from "../src/api/types";
import { app } from "../src/app/state.svelte";
import { closeDatabase } from "../src/store/database";
import { enqueue, gestures, settle } from "../src/store/gestures";
import { setPreference } from "../src/store/preferences";
import { refusalText } from "../src/words/refusals";
import { MemoryLocks } from "./memory-locks";
import { away, json, makeDevice, network, type Asked } from "./network";

const CLAIM = { id: "c1", until: "2026-11-23T13:00:00Z", official: { name: "Jeanne Exemple" } } as Claim;
const PUT = { method: "PUT", path: "/api/v1/actions/a1/participation" };
const taken = (stage: string) => json({ stage, gathering: null, counted: true });

/** Knows this phone by its cookie, as a server does. */
function server({ path, method, body }: Asked): Response {
  if (path.endsWith("/devices")) return json(makeDevice());
  if (method === "DELETE") return json(null, 204);
  return method === "PUT" ? taken((body as { stage: string }).stage) : json([]);
}

/** Nothing more fits in; what is there can be read and dropped. */
function fill(): void {
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
}

/** The browser lets this site have no memory at all. */
async function block(): Promise<void> {
  await closeDatabase();
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
}

const BROKEN: [string, () => unknown][] = [
  ["full", fill],
  ["blocked", block],
];

beforeEach(async () => {
  vi.stubGlobal("navigator", { ...navigator, locks: new MemoryLocks() });
  app.parts = {};
  app.gestures = [];
  for (const held of Object.values(app.unkept)) held.clear();
  app.device = makeDevice() as typeof app.device;
  await setPreference("device", makeDevice() as NonNullable<typeof app.device>);
});
afterEach(() => void vi.restoreAllMocks());

test.each(BROKEN)("taking part leaves from the page when the memory is %s, and stays shown", async (_, breakMemory) => {
  await breakMemory();
  const log = network(server);
  expect(await takePart("a1", { stage: "joined" })).toMatchObject({ state: "sent", code: "" });
  expect(log).toMatchObject([{ ...PUT, body: { stage: "joined" } }]);
  await showGestures();
  expect(app.parts["a1"]).toMatchObject({ stage: "joined", counted: true });
  expect(app.gestures).toEqual([]);
});

test.each(BROKEN)("without network either it is taken back and said, until it is read: %s", async (_, breakMemory) => {
  await breakMemory();
  network(away);
  expect(await takePart("a1", { stage: "joined" })).toMatchObject({ state: "refused", code: "unkept" });
  expect(app.parts["a1"]).toBeUndefined();
  expect(app.gestures).toMatchObject([{ action: "a1", state: "refused", code: "unkept" }]);
  expect(refusalText("unkept")).toBe("error_unkept");
  await dismissGesture("part a1");
  expect(app.gestures).toEqual([]);
});

test.each(BROKEN)("the server's own refusal is said as ever: %s", async (_, breakMemory) => {
  await breakMemory();
  network(() => json({ code: "action_over", detail: "" }, 409));
  expect(await takePart("a1", { stage: "done" })).toMatchObject({ state: "refused", code: "action_over" });
  expect(app.parts["a1"]).toBeUndefined();
});

test.each(BROKEN)("taking it back leaves from the page too: %s", async (_, breakMemory) => {
  await breakMemory();
  const log = network(server);
  await takePart("a1", { stage: "joined" });
  await withdraw("a1");
  expect(log.map(({ method }) => method)).toEqual(["PUT", "DELETE"]);
  expect(app.parts["a1"]).toBeUndefined();
});

test("a phone that the server does not know gets a device first", async () => {
  await block();
  let known = false;
  const log = network((asked) => {
    known ||= asked.path.endsWith("/devices");
    return known ? server(asked) : json({ code: "no_device", detail: "" }, 401);
  });
  expect(await takePart("a1", { stage: "joined" })).toMatchObject({ state: "sent" });
  expect(log.map(({ method }) => method)).toEqual(["PUT", "POST", "PUT"]);
});

test("what waited since before is not sent after what came later", async () => {
  await settle(await enqueue({ kind: "part", action: "a1", input: { stage: "joined" } }), { tried: true });
  fill();
  const log = network(server);
  await withdraw("a1");
  await takePart("a2", { stage: "joined" });
  vi.restoreAllMocks();
  await sendGestures();
  expect(log.map(({ method, path }) => `${method} ${path.split("/")[4]}`)).toEqual(["DELETE a1", "PUT a2"]);
  expect(await gestures()).toEqual([]);
});

test("a memory that works again takes over", async () => {
  fill();
  network(server);
  await takePart("a1", { stage: "joined" });
  vi.restoreAllMocks();
  await withdraw("a1");
  await showGestures();
  expect(app.parts["a1"]).toBeUndefined();
});

test("a report is never said to be kept when it is not", async () => {
  network(({ path, ...asked }) => (path.endsWith("/claim") ? json(CLAIM, 201) : server({ path, ...asked })));
  const calls = new Calls("a1");
  await calls.take();
  fill();
  network(away);
  await calls.report("promises", null);
  expect([calls.done, calls.refusal, calls.claim?.id]).toEqual([null, "unkept", "c1"]);
  expect(app.gestures).toEqual([]);

  const log = network(({ path, ...asked }) =>
    path.endsWith("/outcome") ? json({ result: "promises", call_again_on: null }) : server({ path, ...asked }),
  );
  await calls.report("promises", null);
  expect([calls.done, calls.refusal, calls.claim]).toEqual(["reported", null, null]);
  expect(log).toMatchObject([{ method: "PUT", path: "/api/v1/actions/a1/claim/c1/outcome" }, { method: "GET" }]);
});

// The last one: who has erased everything keeps nothing any more.
test("nothing leaves for who has erased everything", async () => {
  await eraseStores();
  const log = network(server);
  await expect(takePart("a1", { stage: "joined" })).rejects.toThrow("erased");
  expect(log).toEqual([]);
});
