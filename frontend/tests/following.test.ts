/** Following and leaving a campaign: what is said of it is what the server knows. */
import { beforeEach, expect, test, vi } from "vitest";

import { sendGestures } from "../src/actions/participation";
import { follow, unfollow } from "../src/alerts/following";
import type { Config, Device } from "../src/api/types";
import { app } from "../src/app/state.svelte";
import { settings, tellOutcome } from "../src/settings/settings.svelte";
import { gestures } from "../src/store/gestures";
import { preference, setPreference } from "../src/store/preferences";
import { t } from "../src/words/words";
import { MemoryLocks } from "./memory-locks";
import { away, json, makeDevice, network, type Asked } from "./network";

const followed = (campaign: string) => ({
  campaign,
  kinds: ["rally_call"],
  consent_version: 1,
  consented_on: "2026-11-01",
});
const FOLLOW = "/api/v1/campaigns/c1/follow";
const gone = () => json(null, 204);

/** As the settings do it. */
function withdraw(): Promise<void> {
  return tellOutcome(async () => t((await unfollow("c1")) ? "consent_withdrawn" : "consent_withdrawing"));
}

const follows = () => app.device?.follows.map(({ campaign }) => campaign);

beforeEach(async () => {
  vi.stubGlobal("navigator", { ...navigator, locks: new MemoryLocks() });
  app.language = "fr";
  app.config = { consent_version: 2 } as Config;
  app.device = makeDevice({ follows: [followed("c1"), followed("c2")] }) as Device;
  await setPreference("device", app.device);
});

test("an agreement is said to be withdrawn once the server has forgotten it", async () => {
  const log = network(gone);
  await withdraw();
  expect(settings.told).toBe(t("consent_withdrawn"));
  expect(log).toMatchObject([{ method: "DELETE", path: FOLLOW }]);
  expect([follows(), (await preference("device"))?.follows.length]).toEqual([["c2"], 1]);
});

test("without a network it is said to wait, and that alerts may come until then", async () => {
  network(away);
  await withdraw();
  expect(settings.told).toBe(t("consent_withdrawing"));
  expect(settings.told).toContain("alertes peuvent encore arriver");
  expect([follows(), app.gestures]).toMatchObject([["c2"], [{ kind: "unfollow", campaign: "c1", state: "waiting" }]]);

  const log = network(gone);
  await sendGestures();
  expect(log).toMatchObject([{ method: "DELETE", path: FOLLOW }]);
});

test("what the server refused is said, and nothing is shown as withdrawn", async () => {
  network(() => json({ code: "throttled_for_good", detail: "" }, 403));
  await withdraw();
  expect(settings.told).toBe(t("not_saved", { reason: t("error_unknown") }));
  expect([follows(), await gestures()]).toEqual([["c2", "c1"], []]);
});

test("a memory that takes nothing keeps nobody from leaving", async () => {
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  network(away);
  await withdraw();
  expect([settings.told, follows()]).toEqual([t("not_saved", { reason: t("error_unkept") }), ["c2", "c1"]]);
  const log = network(({ path }: Asked) => (path === FOLLOW ? gone() : json([])));
  await withdraw();
  expect([settings.told, follows()]).toEqual([t("consent_withdrawn"), ["c2"]]);
  expect(log).toMatchObject([{ method: "DELETE", path: FOLLOW }]);
  vi.restoreAllMocks();
});

const inTurn = (log: Asked[]) => log.filter(({ path }) => path === FOLLOW).map(({ method }) => method);
const server = ({ method }: Asked) => (method === "PUT" ? json(followed("c1")) : gone());

test("who follows again is not made to leave by what waited", async () => {
  network(away);
  await withdraw();
  const log = network(server);
  await follow("c1", ["rally_call"], null);
  await sendGestures();
  expect([inTurn(log), follows(), await gestures()]).toEqual([["PUT"], ["c2", "c1"], []]);
});

test("a withdrawal that is on its way has arrived before", async () => {
  network(away);
  await withdraw();
  let following: Promise<void> | undefined;
  const answered: string[] = [];
  network(async (asked) => {
    if (asked.method === "DELETE") {
      following = follow("c1", ["rally_call"], null);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    answered.push(asked.method);
    return server(asked);
  });
  await sendGestures();
  await following;
  expect([answered, follows(), await gestures()]).toEqual([["DELETE", "PUT"], ["c2", "c1"], []]);
});

test("a withdrawal is not lost when following again fails", async () => {
  network(away);
  await withdraw();
  await expect(follow("c1", ["rally_call"], null)).rejects.toThrow("no answer");
  const log = network(server);
  await sendGestures();
  expect(inTurn(log)).toEqual(["DELETE"]);
});
