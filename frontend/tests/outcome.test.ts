/** What a page says of a gesture: what became of it, whoever sent it. */
import { beforeEach, expect, test, vi } from "vitest";

import { takePart } from "../src/actions/participation";
import { replayInBackground } from "../src/worker/background";
import { MemoryLocks } from "./memory-locks";
import { away, json, makeDevice, network, type Asked } from "./network";

const server = ({ path }: Asked) =>
  path.endsWith("/devices") ? json(makeDevice(), 201) : json({ stage: "done", gathering: null, counted: true });

beforeEach(() => vi.stubGlobal("navigator", { ...navigator, locks: new MemoryLocks() }));

test("what the server took is sent, what it refused is refused, and without a network it waits", async () => {
  network(server);
  expect(await takePart("a1", { stage: "done" })).toMatchObject({ action: "a1", state: "sent" });
  network(() => json({ code: "action_over", detail: "" }, 409));
  expect(await takePart("a2", { stage: "done" })).toMatchObject({ state: "refused", code: "action_over" });
  network(away);
  expect(await takePart("a3", { stage: "done" })).toBeNull();
});

test("what the worker sent first is sent too", async () => {
  const log = network(server);
  // A browser that has a network calls the worker as soon as it is asked to.
  const register = async () => void replayInBackground(async () => undefined);
  const serviceWorker = { getRegistration: async () => ({ sync: { register } }) };
  vi.stubGlobal("navigator", { ...navigator, serviceWorker });
  expect(await takePart("a1", { stage: "done" })).toMatchObject({ state: "sent" });
  expect(log.filter(({ method }) => method === "PUT")).toHaveLength(1);
});
