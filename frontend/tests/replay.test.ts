import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Device } from "../src/api/types";
import { loadParticipations, takePart } from "../src/actions/participation";
import { replayGestures } from "../src/actions/replay";
import { eraseStores } from "../src/store/erase";
import { dropOldGestures, enqueue, gestures, settle, waitingGestures, type Gesture } from "../src/store/gestures";
import { ownParticipations } from "../src/store/participations";
import { keepDevice } from "../src/settings/device";
import { app } from "../src/app/state.svelte";
import { preference, setPreference } from "../src/store/preferences";
import { replayInBackground } from "../src/worker/background";
import { MemoryLocks } from "./memory-locks";
import { away, json, makeDevice, network, portal, type Asked } from "./network";

const part = (action: string, stage: "joined" | "done" | null, more: object = {}): Gesture => ({
  kind: "part",
  action,
  input: stage && { stage, ...more },
});
const puts = (log: Asked[]) => log.filter(({ method }) => method === "PUT");
const server = ({ path, method }: Asked) => {
  if (path.endsWith("/devices")) return json(makeDevice(), 201);
  return method === "DELETE" ? json(null, 204) : json({ stage: "joined", gathering: "g1", counted: false });
};

beforeEach(() => vi.stubGlobal("navigator", { ...navigator, locks: new MemoryLocks() }));
afterEach(() => void vi.useRealTimers());

test("it keeps a gesture while the network is away and sends it once when it is back", async () => {
  await enqueue(part("a1", "joined", { gathering: "g1" }));
  network(away);
  expect(await replayGestures()).toEqual([]);
  expect(await waitingGestures()).toHaveLength(1);

  const log = network(server);
  expect(await replayGestures()).toMatchObject([{ state: "sent", code: "" }]);
  await replayGestures();
  expect(puts(log)).toMatchObject([
    { path: "/api/v1/actions/a1/participation", body: { stage: "joined", gathering: "g1" } },
  ]);
  expect(await waitingGestures()).toEqual([]);
  expect(await ownParticipations()).toMatchObject([{ action: "a1", stage: "joined" }]);
});

test("two tabs and the worker at once send it once", async () => {
  await enqueue(part("a1", "joined"));
  const log = network(async (asked) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return server(asked);
  });
  await Promise.all([replayGestures(), replayGestures(), replayInBackground(async () => undefined)]);
  expect(puts(log)).toHaveLength(1);
  expect(log.filter(({ path }) => path.endsWith("/devices"))).toHaveLength(1);
});

test("what was sent and not answered is said again, the same", async () => {
  await enqueue(part("a1", "done"));
  const held = new Map<string, unknown>();
  const hear = (asked: Asked) => {
    if (asked.method === "PUT") held.set(asked.path, asked.body);
    return server(asked);
  };
  network((asked) => (hear(asked), asked.method === "PUT" ? away() : server(asked)));
  await replayGestures();
  expect([held.size, (await waitingGestures()).length]).toEqual([1, 1]);
  network(hear);
  await replayGestures();
  expect([held.size, (await waitingGestures()).length]).toEqual([1, 0]);
});

test("one that the server wants later holds up no other", async () => {
  await enqueue(part("a1", "joined"));
  await enqueue({ kind: "unfollow", campaign: "c1" });
  network((asked) => (asked.method === "PUT" ? json({ code: "throttled" }, 429) : server(asked)));
  expect(await replayGestures()).toMatchObject([{ kind: "unfollow", state: "sent" }]);
  expect(await waitingGestures()).toMatchObject([{ action: "a1" }]);
});

test("an agreement that was withdrawn waits for as long as it takes; a part is given up", async () => {
  await enqueue(part("a1", "joined"));
  const { made } = await enqueue({ kind: "unfollow", campaign: "c1" });
  await dropOldGestures(made + 400 * 24 * 3600 * 1000);
  expect(await waitingGestures()).toMatchObject([{ kind: "unfollow", campaign: "c1" }]);
});

test("what was left stays left, whatever the server says before it knows", async () => {
  await enqueue({ kind: "unfollow", campaign: "c1" });
  const says = makeDevice({ follows: [{ campaign: "c1" }, { campaign: "c2" }] }) as unknown as Device;
  expect((await keepDevice(says)).follows).toEqual([{ campaign: "c2" }]);
  network(server);
  await replayGestures();
  expect((await keepDevice(says)).follows).toHaveLength(2);
});

test("a list of parts that is older than what was answered meanwhile is asked for again", async () => {
  app.device = makeDevice() as unknown as Device;
  await setPreference("device", app.device);
  const lists = [[], [{ action: "a1", stage: "joined", gathering: null, counted: true }]];
  const asked: (() => void)[] = [];
  network(async (call) => {
    if (!call.path.endsWith("/participations")) return server(call);
    const list = lists[asked.length];
    await new Promise<void>((resolve) => asked.push(resolve));
    return json(list);
  });
  const loaded = loadParticipations();
  await vi.waitUntil(() => asked.length === 1);
  await takePart("a1", { stage: "joined" });
  asked[0]!();
  await vi.waitUntil(() => asked.length === 2);
  expect(app.parts["a1"]?.stage).toBe("joined");
  asked[1]!();
  await loaded;
  expect(await ownParticipations()).toMatchObject([{ action: "a1", counted: true }]);
});

test("the worker is called again while something is left", async () => {
  await enqueue(part("a1", "joined"));
  network(() => json({ code: "busy" }, 503));
  const told: object[] = [];
  await expect(replayInBackground(async (news) => void told.push(news))).rejects.toThrow("1 left");
  network(server);
  await replayInBackground(async (news) => void told.push(news));
  expect(told).toEqual([{ type: "replayed" }, { type: "replayed" }]);
});

test("it makes the device at the first gesture, and only one", async () => {
  const log = network(server);
  await enqueue(part("a1", "joined"));
  await enqueue(part("a2", "joined"));
  await replayGestures();
  expect(log.filter(({ path }) => path.endsWith("/devices"))).toHaveLength(1);
  expect((await preference("device"))?.id).toBe("d1");
});

test("it sends only the last of several gestures for one action", async () => {
  await enqueue(part("a1", "joined"));
  await enqueue(part("a1", null));
  const log = network(server);
  await replayGestures();
  // A phone that the server does not know has nothing to take back: no device is made for it.
  expect(log.map(({ method }) => method)).toEqual(["DELETE"]);
});

test.each([
  [503, { code: "busy" }],
  [429, { code: "throttled" }],
  [429, {}],
  [502, "<h1>Bad gateway</h1>"],
  [403, "<h1>Sign in to this network</h1>"],
  [404, "<h1>Not here</h1>"],
  [200, "<h1>Sign in to this network</h1>"],
])("it keeps a gesture when what answers is %s %j", async (status, body) => {
  await enqueue(part("a1", "done"));
  network((asked) => (asked.path.endsWith("/devices") ? server(asked) : portal(body, status)));
  expect(await replayGestures()).toEqual([]);
  expect(await waitingGestures()).toHaveLength(1);
});

test.each([
  [409, "action_over", "action_over"],
  [409, "action_cancelled", "action_cancelled"],
  [409, "rally_banned", "rally_banned"],
  [400, "invalid", "gathering_gone"],
  [404, "not_found", "action_gone"],
])("a refusal %s %s is told until it is read, and not tried again", async (status, code, told) => {
  await enqueue(part("a1", "joined", { gathering: "g1" }));
  const log = network((asked) => (asked.method === "PUT" ? json({ code, detail: "" }, status) : server(asked)));
  expect(await replayGestures()).toMatchObject([{ state: "refused", code: told }]);
  await replayGestures();
  expect([puts(log).length, await waitingGestures()]).toEqual([1, []]);
  expect(await gestures()).toMatchObject([{ state: "refused", code: told }]);
});

test("what the server had before stays when the next step is refused", async () => {
  network(server);
  await enqueue(part("a1", "joined"));
  await replayGestures();
  network(() => json({ code: "action_over", detail: "" }, 409));
  await enqueue(part("a1", "done"));
  await replayGestures();
  expect(await ownParticipations()).toMatchObject([{ action: "a1", stage: "joined" }]);
});

test("only what waited says so", async () => {
  const log = network(server);
  await enqueue(part("a1", "done"));
  await replayGestures();
  await enqueue(part("a2", "done"));
  vi.setSystemTime(Date.now() + 120_000);
  await replayGestures();
  network(away);
  await enqueue(part("a3", "done"));
  await replayGestures();
  const later = network(server);
  await replayGestures();
  expect(puts(log).map(({ body }) => body)).toEqual([{ stage: "done" }, { stage: "done", waited: true }]);
  expect(puts(later).map(({ body }) => body)).toEqual([{ stage: "done", waited: true }]);
});

test("it makes a device again when the cookie was lost", async () => {
  await enqueue(part("a1", "joined"));
  network(server);
  await replayGestures();
  await enqueue(part("a2", "joined"));
  let known = false;
  const log = network((asked) => {
    if (asked.path.endsWith("/devices")) known = true;
    return known ? server(asked) : json({ code: "no_device" }, 401);
  });
  expect(await replayGestures()).toMatchObject([{ state: "sent" }]);
  expect(puts(log)).toHaveLength(2);
});

test("it does not drop a gesture that was made while the one before was on its way", async () => {
  const sent = await enqueue(part("a1", "joined"));
  await enqueue(part("a1", "done"));
  await settle(sent, null);
  expect(await waitingGestures()).toMatchObject([{ input: { stage: "done" } }]);
});

test("leaving a campaign is kept too, and making no device of it", async () => {
  await enqueue({ kind: "unfollow", campaign: "c1" });
  network(away);
  await replayGestures();
  const log = network(() => json({ code: "no_device" }, 401));
  expect(await replayGestures()).toMatchObject([{ state: "sent" }]);
  expect(log.map(({ method, path }) => `${method} ${path}`)).toEqual(["DELETE /api/v1/campaigns/c1/follow"]);
});

// The last one: who has erased everything keeps nothing any more.
test("nothing is sent, and no device made, for who has erased everything meanwhile", async () => {
  network(server);
  await enqueue(part("a1", "joined"));
  await replayGestures();
  await enqueue(part("a2", "joined"));
  await enqueue(part("a3", "joined"));
  const log = network(async ({ method }) => {
    if (method === "PUT") await eraseStores();
    return json({ code: "no_device" }, 401);
  });
  await replayGestures();
  expect(log.map(({ method, path }) => `${method} ${path}`)).toEqual(["PUT /api/v1/actions/a2/participation"]);
});
