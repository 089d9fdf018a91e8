import { expect, test } from "vitest";

import type { Device } from "../src/api/types";
import { makeCard, makePayload } from "./make";
import { away, json, makeDevice, network } from "./network";
import { onThePhone, openPage, type OpenPage } from "./page";

const ONLY_THE_SWITCH = { preferences: ["keepNothing"] };
const PART = { action: "a1", stage: "joined", gathering: null, counted: false } as const;
const DRAFT = {
  action: "a1",
  words: "Mes mots",
  question: 0,
  network: "x",
  door: "write" as const,
  opened: null,
  done: [],
};

/** Everything that the app keeps, as somebody uses it. */
async function use(page: OpenPage): Promise<void> {
  await page.setPreference("device", makeDevice() as Device);
  await page.setPreference("links", { key: "amis" });
  await page.setPreference("language", "fr");
  await page.keepDraft(DRAFT);
  await page.keepParticipation(PART);
  await page.enqueue({ kind: "part", action: "a1", input: { stage: "joined" } });
  await page.noteAlert("al1", Date.now() + 1000);
  await page.keepCard(makeCard(), "al1", Date.now() + 1000, Date.now());
}

function answerOf(page: OpenPage, data: object, asked = "feed"): Promise<void> {
  return page.keepAnswer({ asked, data, at: "2026-11-28T10:00:00Z", closed: null });
}

test("what was kept is gone at once, and the switch alone is left", async () => {
  const page = await openPage();
  network(() => json(makeDevice({ keep_cards: false })));
  await use(page);
  await answerOf(page, { n: 1 });
  await caches.open("shell-1");
  expect(Object.keys(await onThePhone())).toHaveLength(7);
  expect(await caches.keys()).toEqual(["shell-1"]);

  await page.startKeepingNothing();

  expect(await onThePhone()).toEqual(ONLY_THE_SWITCH);
  expect(await caches.keys()).toEqual(["shell-1"]);
});

test("nothing comes after it, and what the page is busy with goes on", async () => {
  const page = await openPage();
  network(() => json(makeDevice({ keep_cards: false })));
  await page.keepDraft(DRAFT);
  await page.startKeepingNothing();

  await use(page);
  await page.keepParticipation({ ...PART, action: "a2" });

  expect(await onThePhone()).toEqual(ONLY_THE_SWITCH);
  expect((await page.findDraft("a1"))?.words).toBe("Mes mots");
  expect(await page.ownParticipations()).toHaveLength(2);
  expect(await page.waitingGestures()).toHaveLength(1);
  expect(await page.noteAlert("al1", 1)).toBe(false);
  expect((await page.findCard("a1"))?.title).toBe("Devant la Sorbonne");
});

test("another page and the worker, open since before, follow at once", async () => {
  const [worker, other] = [await openPage(), await openPage()];
  await use(worker);
  const page = await openPage();
  network(() => json(makeDevice({ keep_cards: false })));
  await page.startKeepingNothing();

  await use(worker);
  await use(other);
  await answerOf(worker, { n: 1 });

  expect(await onThePhone()).toEqual(ONLY_THE_SWITCH);
  expect(await caches.keys()).toEqual([]);
});

test("the worker shows an alert and keeps nothing of it", async () => {
  await (await openPage()).keepNothing();
  const worker = await openPage();
  network(() => json(null, 204));
  const shown: string[] = [];

  await worker.receivePush(
    makePayload(),
    async (title) => void shown.push(title),
    async () => undefined,
  );

  expect(shown).toHaveLength(1);
  expect(await onThePhone()).toEqual(ONLY_THE_SWITCH);
});

test("it holds after the page was closed, and after an update", async () => {
  const page = await openPage();
  await use(page);
  await page.keepNothing();

  const next = await openPage();

  expect(await next.keepsNothing()).toBe(true);
  expect(await next.preference("device")).toBeUndefined();
  expect(await next.findDraft("a1")).toBeNull();
});

test("what slipped in in that very moment goes at the next opening", async () => {
  const page = await openPage();
  await page.keepNothing();
  await (await page.phoneDatabase()).put("drafts", DRAFT);

  await (await openPage()).sweep();

  expect(await onThePhone()).toEqual(ONLY_THE_SWITCH);
});

test("the rights sheet stays for when there is no network", async () => {
  const page = await openPage();
  await page.keepNothing();
  await answerOf(page, { topics: [] }, "rights");
  await answerOf(page, { n: 1 });
  const next = await openPage();
  expect((await next.recallAnswer("rights"))?.data).toEqual({ topics: [] });
  expect(await next.recallAnswer("feed")).toBeNull();
  expect(await onThePhone()).toEqual({ ...ONLY_THE_SWITCH, answers: ["rights"] });
});

test("the server is told, and the phone does not wait for it", async () => {
  const page = await openPage();
  page.app.device = makeDevice() as Device;
  network(away);
  expect(await page.startKeepingNothing()).toBe(false);
  expect(await onThePhone()).toEqual(ONLY_THE_SWITCH);

  const log = network(() => json(makeDevice({ keep_cards: false })));
  await page.agreeOnKeeping();
  await page.agreeOnKeeping();
  expect(log.map(({ method, path, body }) => [method, path, body])).toContainEqual([
    "PATCH",
    "/api/v1/device",
    { keep_cards: false },
  ]);
  expect(log.filter(({ method }) => method === "PATCH")).toHaveLength(1);
});

test("a phone that takes over from one that keeps nothing keeps nothing either", async () => {
  const page = await openPage();
  await use(page);
  page.app.device = makeDevice({ keep_cards: false }) as Device;
  await page.agreeOnKeeping();
  expect([page.app.keepsNothing, await onThePhone()]).toEqual([true, ONLY_THE_SWITCH]);
});

test("keeping again needs the server, and begins with what the page holds", async () => {
  const page = await openPage();
  page.app.device = makeDevice() as Device;
  network(() => json(makeDevice({ keep_cards: false })));
  await page.startKeepingNothing();
  await page.keepDraft(DRAFT);
  network(away);
  await expect(page.startKeeping()).rejects.toThrow();
  expect([page.app.keepsNothing, await onThePhone()]).toEqual([true, ONLY_THE_SWITCH]);

  const log = network(() => json(makeDevice()));
  await page.startKeeping();
  await page.keepParticipation(PART);
  expect(log.at(-1)).toMatchObject({ method: "PATCH", body: { keep_cards: true } });
  expect(await onThePhone()).toMatchObject({ drafts: ["a1"], participations: ["a1"] });
  expect((await onThePhone())["preferences"]).not.toContain("keepNothing");
});

test("a device that is made on such a phone gets no cards from the start, and no answer stays in the browser", async () => {
  const page = await openPage();
  await page.keepNothing();
  const modes: string[] = [];
  const log = network(() => json(makeDevice({ keep_cards: false }), 201));
  const { fetch: counted } = globalThis;
  globalThis.fetch = async (input) => {
    modes.push((input as Request).cache);
    return counted(input);
  };
  const { ensureDevice } = await import("../src/settings/device");
  await ensureDevice();
  expect(log[0]).toMatchObject({ path: "/api/v1/devices", body: { keep_cards: false } });
  expect(modes).toEqual(["no-store"]);
});
