import { beforeEach, expect, test, vi } from "vitest";

import { app } from "../src/app/state.svelte";
import { dropAllLinks, invitedTo, keepInvitation, takeLinks, linkedCampaigns } from "../src/campaigns/links";
import { database, type Draft } from "../src/store/database";
import { preference, setPreference } from "../src/store/preferences";
import { enqueue, gestures } from "../src/store/gestures";
import { codeAddress, inGroups, readCode, readSigns } from "../src/transfer/code";
import { handedOut, makeCode, revokeCode } from "../src/transfer/giving";
import { leave } from "../src/transfer/leaving";
import { open, seal } from "../src/transfer/sealing";
import { startsAsIcon } from "../src/transfer/starting";
import { takeOver } from "../src/transfer/taking";
import { replayGestures } from "../src/actions/replay";
import { refreshDevice } from "../src/settings/refresh";
import { makeAction } from "./make";
import { away, json, makeDevice, network, type Asked } from "./network";

const CODE = "K7QM2RTB9XHC";
const LATER = new Date(Date.now() + 3_600_000).toISOString();
const NO_DEVICE = () => json({ code: "no_device", detail: "" }, 401);
const FEED = { as_of: LATER, live: [makeAction({ id: "a1" })], coming: [], over: [], campaigns: [] };

beforeEach(async () => {
  await dropAllLinks();
  app.device = null;
  app.parts = {};
  app.movedTo = null;
  app.mastodonServer = "";
  app.language = "fr";
});

test.each([
  ["K7QM-2RTB-9XHC", CODE],
  [" k7qm 2rtb 9xhc. ", CODE],
  ["https://site.example/transfer#code=K7QM-2RTB-9XHC", CODE],
  ["oil0-OIL0-uvab", "01100110VVAB"],
  ["K7QM-2RTB-9XH", null],
  ["", null],
  ["é", null],
])("it reads a code as it is typed: %s", (typed, code) => {
  expect(readCode(typed)).toBe(code);
});

test("it shows a code in groups, and in an address behind the fragment", () => {
  expect(inGroups(CODE)).toEqual(["K7QM", "2RTB", "9XHC"]);
  const address = codeAddress(CODE, "https://site.example");
  expect(address).toBe("https://site.example/transfer#code=K7QM-2RTB-9XHC");
  expect(readSigns(address)).toBe(CODE);
});

test("what was sealed opens with its code only", async () => {
  const sealed = await seal(CODE, { links: { key: "amis" } });
  expect(sealed).toMatch(/^[\w-]+$/);
  expect(await open(CODE, sealed)).toEqual({ links: { key: "amis" } });
  await expect(open("K7QM2RTB9XHD", sealed)).rejects.toThrow();
  const changed = sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BB" : "AA");
  await expect(open(CODE, changed)).rejects.toThrow();
});

/** A server that makes a code, keeps what lies beside it, and hands it over. */
function server(): { log: Asked[]; sealed: () => string | null } {
  let sealed: string | null = null;
  const log = network(({ method, path, body }) => {
    if (path === "/api/v1/devices") return json(makeDevice(), 201);
    if (path === "/api/v1/device/transfer" && method === "DELETE") return json(null, 204);
    if (path === "/api/v1/device/transfer") return json({ code: CODE, expires_at: LATER }, 201);
    if (path === "/api/v1/device/transfer/sealed") {
      sealed = (body as { sealed: string }).sealed;
      return json(null, 204);
    }
    if (path === "/api/v1/device/transfer/takeover")
      return json({ device: makeDevice({ id: "d2", language: "en", follows: [{ campaign: "amis" }] }), sealed });
    if (path === "/api/v1/participations") return json([{ action: "a1", stage: "done", gathering: null }]);
    return json(FEED);
  });
  return { log, sealed: () => sealed };
}

test("links, invitations and half a post go along, and the server reads none of them", async () => {
  const { log, sealed } = server();
  await takeLinks({ "key-of-amis": "amis" });
  await keepInvitation("voisins", "code-of-voisins");
  await setPreference("mastodonServer", "mastodon.example");
  const draft: Draft = {
    action: "a1",
    words: "Mes mots",
    question: 0,
    network: "x",
    door: "write",
    opened: null,
    done: [],
  };
  await (await database()).put("drafts", draft);

  await makeCode();

  const sent = JSON.stringify(log);
  expect(sealed()).not.toBeNull();
  for (const secret of ["key-of-amis", "code-of-voisins", "Mes mots", "mastodon.example"])
    expect(sent).not.toContain(secret);
  expect(log.filter(({ path }) => path.includes(CODE))).toEqual([]);

  await dropAllLinks();
  await (await database()).clear("drafts");
  const taken = await takeOver(CODE);

  expect(taken).toEqual({ follows: 1, parts: 1, lost: false });
  expect([linkedCampaigns(), invitedTo(), app.mastodonServer]).toEqual([["amis"], ["voisins"], "mastodon.example"]);
  expect(await (await database()).get("drafts", "a1")).toEqual(draft);
  expect([app.device?.id, app.language, await preference("language")]).toEqual(["d2", "en", "en"]);
});

test("what could not be sealed or opened is said, and the rest moves all the same", async () => {
  server();
  expect(await takeOver(CODE)).toEqual({ follows: 1, parts: 1, lost: true });
});

test("what this phone has itself is not written over", async () => {
  server();
  await setPreference("mastodonServer", "other.example");
  await makeCode();
  app.mastodonServer = "own.example";
  await takeOver(CODE);
  expect(app.mastodonServer).toBe("own.example");
});

test("a code that was given out is shown again, until it runs out or is cancelled", async () => {
  server();
  await makeCode();
  expect((await handedOut(Date.now()))?.code).toBe(CODE);
  expect(await handedOut(Date.parse(LATER) + 1)).toBeNull();
  await revokeCode();
  expect(await handedOut(Date.now())).toBeNull();
});

test("without network nothing is taken over, and the same code is asked with again", async () => {
  network(({ path }) => (path === "/api/v1/devices" ? json(makeDevice(), 201) : away()));
  await expect(takeOver(CODE)).rejects.toThrow("no answer");
  server();
  expect((await takeOver(CODE)).follows).toBe(1);
});

test("a phone whose code was entered elsewhere makes no new device of what waits on it", async () => {
  await setPreference("device", makeDevice() as never);
  await setPreference("transferCode", { code: CODE, expires_at: LATER });
  await enqueue({ kind: "part", action: "a1", input: { stage: "joined" } });
  const log = network(NO_DEVICE);

  const [result] = await replayGestures();

  expect([result?.state, result?.code]).toEqual(["refused", "no_device"]);
  expect(log.map(({ path }) => path)).toEqual(["/api/v1/actions/a1/participation"]);
  expect(await refreshDevice()).toBeNull();
});

test("a phone that gave out no code and lost its cookie begins anew", async () => {
  await setPreference("device", makeDevice() as never);
  network(NO_DEVICE);
  await refreshDevice();
  expect(await preference("device")).toBeUndefined();
});

test("leaving empties the phone", async () => {
  await setPreference("device", makeDevice() as never);
  await setPreference("transferCode", { code: CODE, expires_at: LATER });
  await setPreference("language", "en");
  await takeLinks({ "key-of-amis": "amis" });
  await enqueue({ kind: "part", action: "a1", input: { stage: "joined" } });
  app.device = makeDevice() as never;

  await leave();

  expect([app.movedTo, app.device, linkedCampaigns(), await gestures()]).toEqual(["phone", null, [], []]);
  expect([await preference("device"), await preference("transferCode")]).toEqual([undefined, undefined]);
  expect(await preference("language")).toBe("en");
});

test("only an iPhone's icon that has nothing yet begins without a question", () => {
  const has = makeDevice() as never;
  vi.stubGlobal("navigator", { ...navigator, standalone: true });
  expect([startsAsIcon(null), startsAsIcon(has)]).toEqual([true, false]);
  vi.stubGlobal("navigator", { ...navigator, standalone: undefined });
  expect([startsAsIcon(null), startsAsIcon(has)]).toEqual([false, false]);
});
