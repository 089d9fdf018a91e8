import { expect, test } from "vitest";

import { preference } from "../src/store/preferences";
import { enqueue, queued, settle } from "../src/store/queue";
import { ownParticipations } from "../src/store/participations";
import { replayGestures } from "../src/replay";
import { away, json, makeDevice, network, type Asked } from "./network";

const puts = (log: Asked[]) => log.filter(({ method }) => method === "PUT");
const server = ({ path }: Asked) =>
  path.endsWith("/devices") ? json(makeDevice(), 201) : json({ stage: "joined", gathering: "g1", counted: false });

test("it keeps a gesture while the network is away and sends it once when it is back", async () => {
  await enqueue("a1", { stage: "joined", gathering: "g1" });
  network(away);
  expect(await replayGestures()).toEqual([]);
  expect(await queued()).toHaveLength(1);

  const log = network(server);
  expect(await replayGestures()).toMatchObject([{ part: { stage: "joined" }, refusal: null }]);
  await replayGestures();
  expect(puts(log)).toEqual([
    { method: "PUT", path: "/api/v1/actions/a1/participation", body: { stage: "joined", gathering: "g1" } },
  ]);
  expect(await queued()).toEqual([]);
  expect(await ownParticipations()).toMatchObject([{ action: "a1", stage: "joined" }]);
});

test("it makes the device at the first gesture, and only one", async () => {
  const log = network(server);
  await enqueue("a1", { stage: "joined" });
  await enqueue("a2", { stage: "joined" });
  await replayGestures();
  expect(log.filter(({ path }) => path.endsWith("/devices"))).toHaveLength(1);
  expect((await preference("device"))?.id).toBe("d1");
});

test("it sends only the last of several gestures for one action", async () => {
  await enqueue("a1", { stage: "joined" });
  await enqueue("a1", null);
  const log = network(({ path }) => (path.endsWith("/devices") ? json(makeDevice()) : json(null, 204)));
  await replayGestures();
  expect(log.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
});

test("it keeps a gesture through a server in trouble and drops one that is refused for good", async () => {
  await enqueue("a1", { stage: "done" });
  network(({ path }) => (path.endsWith("/devices") ? json(makeDevice()) : json({ code: "busy" }, 503)));
  expect(await replayGestures()).toEqual([]);
  expect(await queued()).toHaveLength(1);
  network(() => json({ code: "action_over", detail: "" }, 409));
  expect(await replayGestures()).toMatchObject([{ part: null, refusal: "action_over" }]);
  expect(await queued()).toEqual([]);
});

test("it makes a device again when the cookie was lost", async () => {
  await enqueue("a1", { stage: "joined" });
  network(server);
  await replayGestures();
  await enqueue("a2", { stage: "joined" });
  let known = false;
  const log = network((asked) => {
    if (asked.path.endsWith("/devices")) known = true;
    return known ? server(asked) : json({ code: "no_device" }, 401);
  });
  expect(await replayGestures()).toMatchObject([{ refusal: null }]);
  expect(puts(log)).toHaveLength(2);
});

test("it does not drop a gesture that was made while the one before was on its way", async () => {
  await enqueue("a1", { stage: "joined" });
  const [sent] = await queued();
  await enqueue("a1", { stage: "done" });
  await settle(sent!);
  expect(await queued()).toMatchObject([{ input: { stage: "done" } }]);
});
