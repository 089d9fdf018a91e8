/** What was seen opens again: at once, with its hour, whatever the network does. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Action, Device, Feed } from "../src/api/types";
import { forgetCampaign } from "../src/app/forgetting";
import {
  loadAction,
  loadCampaign,
  loadConfig,
  loadFeed,
  recallAction,
  recallAll,
  recallCampaign,
} from "../src/app/loading";
import { app } from "../src/app/state.svelte";
import { newStep } from "../src/actions/milestones";
import { dropAllLinks, linkKeys, takeLinks } from "../src/campaigns/links";
import { keepAnswer, recallAnswer } from "../src/store/answers";
import { allCards, keepCard } from "../src/store/card";
import { cardToAction } from "../src/store/card-action";
import { database, phoneDatabase } from "../src/store/database";
import { findDraft, keepDraft, newDraft } from "../src/store/drafts";
import { keepNothing } from "../src/store/keeping";
import { preference, setPreference } from "../src/store/preferences";
import { makeAction, makeCard, makeGathering } from "./make";
import { away, json, makeDevice, network, portal, silent, type Asked } from "./network";

const NOW = "2026-11-24T10:00:00Z";
const LATER = 4_000_000_000_000;
const CLOSED = { "cache-control": "private, no-store" };

function feed(actions: Action[], campaigns: object[] = []): Feed {
  return { as_of: NOW, campaigns, live: actions, coming: [], over: [] } as unknown as Feed;
}

/** A server with one public action and one campaign that is not for everybody. */
function server({ path }: Asked): Response {
  const secret = { slug: "secret", name: { fr: "Secret" }, visibility: "link", main_language: "fr" };
  const inside = makeAction({ id: "s1", campaign: "secret", title: { fr: "Entre nous" } });
  if (path.endsWith("/feed") && path.includes("secret")) return json(feed([inside], [secret]), 200, CLOSED);
  if (path.endsWith("/campaigns/secret")) return json(secret, 200, CLOSED);
  if (path.endsWith("/actions/s1")) return json(inside, 200, CLOSED);
  if (path.endsWith("/feed")) return json(feed([makeAction()], [{ slug: "c1", visibility: "public" }]));
  if (path.endsWith("/config")) return json({ server_time: new Date().toISOString() });
  return json(makeAction({ id: path.split("/").pop()! }));
}

function follow(...campaigns: string[]): void {
  app.device = makeDevice({ follows: campaigns.map((campaign) => ({ campaign })) }) as unknown as Device;
}

async function keptTitles(): Promise<string> {
  return JSON.stringify([await (await database()).getAll("answers"), await allCards()]);
}

/** The same phone, its app opened anew. */
async function reopen(): Promise<void> {
  app.feed = app.config = null;
  app.noteFresh();
  await recallAll();
}

beforeEach(async () => {
  vi.stubGlobal("navigator", { ...navigator, onLine: true });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(NOW) });
  await dropAllLinks();
  app.device = app.feed = app.config = null;
  app.setOffset(0, true);
  app.noteFresh();
});
afterEach(() => void vi.useRealTimers());

test("it says what it knows before any network is asked", async () => {
  network(server);
  await loadFeed();
  const log = network(silent);
  await reopen();
  expect([app.feed!.live[0]!.title, log]).toEqual([{ fr: "Vague" }, []]);
});

test.each([
  ["away", away],
  ["502", () => portal("<h1>Bad gateway</h1>", 502)],
  ["503", () => json({ code: "busy" }, 503)],
  ["a page to sign in to the network", () => portal("<h1>Wi-Fi</h1>", 200)],
  ["one that is refused without words of ours", () => portal("<h1>Wi-Fi</h1>", 404)],
])("it gives what was kept, and of when it is, when the network is %s", async (_, broken) => {
  network(server);
  await loadFeed();
  await loadAction("a7");
  vi.setSystemTime(Date.parse(NOW) + 600_000);
  network(broken);
  expect((await loadFeed()).live).toHaveLength(1);
  expect((await loadAction("a7")).id).toBe("a7");
  expect([app.network, app.staleSince]).toEqual(["away", "2026-11-24T10:00:00.000Z"]);
  network(server);
  await loadFeed();
  expect([app.network, app.staleSince]).toEqual(["fine", null]);
});

test("within a second of silence it says that it shows what was kept", async () => {
  vi.useRealTimers();
  network(server);
  await loadFeed();
  network(silent);
  const asked = loadFeed();
  await new Promise((resolve) => setTimeout(resolve, 850));
  expect([app.network, app.staleSince !== null]).toEqual(["slow", true]);
  void asked.catch(() => undefined);
});

test("a network that never answers is given up", async () => {
  network(server);
  await loadFeed();
  // As on iPhones before iOS 16; and what takes seconds comes at once.
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
    throw new TypeError("AbortSignal.timeout is not a function");
  });
  const wait = setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, ms = 0) =>
    wait(work, ms > 10_000 ? 5 : ms)) as typeof setTimeout);
  const log = network(silent);
  expect((await loadFeed()).live).toHaveLength(1);
  expect([app.network, log.length]).toEqual(["away", 1]);
  vi.restoreAllMocks();
});

test("without network and memory it fails, and says so", async () => {
  network(away);
  await expect(loadFeed()).rejects.toThrow("no answer");
  await expect(loadAction("a1")).rejects.toThrow("no answer");
  expect([app.network, app.staleSince]).toEqual(["away", null]);
});

test("what does not exist any more is forgotten, and what an alert said of it", async () => {
  network(server);
  await loadAction("a7");
  await keepCard(makeCard({ action: "a7" }), "al1", LATER, Date.now());
  network(() => json({ code: "not_found", detail: "" }, 404));
  await expect(loadAction("a7")).rejects.toThrow("404");
  expect(await recallAction("a7")).toBeNull();
  expect(await allCards()).toEqual([]);
});

test("a fresh feed takes what was kept of single actions with it, a failed one does not", async () => {
  network(server);
  await loadAction("a7");
  network(away);
  await expect(loadFeed()).rejects.toThrow();
  expect((await recallAction("a7"))?.id).toBe("a7");
  network(server);
  await loadFeed();
  expect(await recallAction("a7")).toBeNull();
});

test("a campaign that is followed by invitation opens without network, with its actions", async () => {
  follow("secret");
  network(server);
  await loadFeed();
  await loadCampaign("secret");
  await loadAction("s1");
  network(away);
  await reopen();
  expect(app.feed!.live.map(({ id }) => id)).toEqual(["a1", "s1"]);
  expect((await loadAction("s1")).title).toEqual({ fr: "Entre nous" });
  expect((await recallCampaign("secret"))?.campaign.slug).toBe("secret");
});

test("so does one by link, until the link is changed", async () => {
  await takeLinks({ "key-of-secret": "secret" });
  network(server);
  await loadFeed();
  await loadCampaign("secret");
  await keepCard(makeCard({ action: "s1", title: "Entre nous" }), "al1", LATER, Date.now());
  network((asked) => (asked.path.includes("secret") ? json({ code: "not_found", detail: "" }, 404) : server(asked)));
  await loadFeed();
  expect(linkKeys()).toEqual([]);
  expect(await keptTitles()).not.toContain("Entre nous");
});

test("nothing of it stays when it is left", async () => {
  follow("secret");
  network(server);
  await loadFeed();
  await loadCampaign("secret");
  await loadAction("s1");
  await keepCard(makeCard({ action: "s1", title: "Entre nous" }), "al1", LATER, Date.now());
  await forgetCampaign("secret");
  expect(await keptTitles()).not.toContain("Entre nous");
  expect(await keptTitles()).toContain("Vague");
});

test("nor what was written for its actions, nor how far their counts were", async () => {
  follow("secret");
  network(server);
  await loadFeed();
  for (const action of ["s1", "a1"]) {
    await keepDraft({ ...newDraft(action, "x"), words: "Mes mots" });
    await newStep(`action:${action}`, 100);
  }
  for (const campaign of ["secret", "c1"]) await newStep(`campaign:${campaign}`, 100);
  await forgetCampaign("secret");
  expect([await findDraft("s1"), (await findDraft("a1"))?.words]).toEqual([null, "Mes mots"]);
  expect(await preference("milestones")).toEqual({ "action:a1": 100, "campaign:c1": 100 });
});

test("once no feed names an action any more, no more is left of it; but what is on the screen stays", async () => {
  for (const action of ["a1", "gone", "here"]) {
    await keepDraft({ ...newDraft(action, "x"), words: "Mes mots" });
    await newStep(`action:${action}`, 100);
  }
  app.route = { screen: "action", id: "here" };
  network(server);
  await loadFeed();
  app.route = { screen: "feed" };
  const drafts = await Promise.all(["a1", "gone", "here"].map(findDraft));
  expect(drafts.map((draft) => draft?.action)).toEqual(["a1", undefined, "here"]);
  expect(Object.keys((await preference("milestones"))!)).toEqual(["action:a1", "action:here"]);
});

test("counts and notes that were seen stay with the actions that a fresh feed names", async () => {
  const seen = { as_of: NOW, joined: 20, updates: [] };
  for (const action of ["a1", "gone"])
    await keepAnswer({ asked: `actions/${action}/pulse`, data: seen, at: NOW, closed: null });
  network(server);
  await loadFeed();
  expect((await recallAnswer("actions/a1/pulse"))?.data).toEqual(seen);
  expect(await recallAnswer("actions/gone/pulse")).toBeNull();
  network((asked) => (asked.path.endsWith("/a1") ? json({ code: "not_found", detail: "" }, 404) : server(asked)));
  await loadAction("a1").catch(() => undefined);
  expect(await recallAnswer("actions/a1/pulse")).toBeNull();
});

test("a phone that the server has forgotten keeps nothing of closed campaigns", async () => {
  follow("secret");
  network(server);
  await loadFeed();
  follow();
  await loadFeed();
  expect(await keptTitles()).not.toContain("Entre nous");
});

test("where nothing is to be kept, nothing is, and this page goes on with what it holds", async () => {
  await keepNothing();
  network(server);
  await loadFeed();
  await loadAction("a7");
  await keepCard(makeCard(), "al1", LATER, Date.now());
  expect(await (await phoneDatabase()).getAll("answers")).toEqual([]);
  expect(await (await phoneDatabase()).getAll("cards")).toEqual([]);
  network(away);
  expect((await loadAction("a7")).id).toBe("a7");
});

test("an alert's card alone is enough for a list and a page", async () => {
  await keepCard(makeCard({ action: "a9", title: "Place de la Sorbonne" }), "al1", LATER, Date.now());
  network(away);
  await reopen();
  expect(app.feed!.live.map(({ id }) => id)).toEqual(["a9"]);
  expect((await recallAction("a9"))?.title).toEqual({ fr: "Place de la Sorbonne" });
  // It says of when it is: of when the alert came.
  expect(app.feed!.as_of).toBe("2026-11-24T10:00:00.000Z");
  await expect(loadAction("a9")).rejects.toThrow();
  expect([app.network, app.staleSince]).toEqual(["away", "2026-11-24T10:00:00.000Z"]);
});

/** Alerts of these came some minutes ago. */
async function hearOf(...actions: string[]): Promise<void> {
  for (const action of actions) await keepCard(makeCard({ action }), `al-${action}`, LATER, Date.now() - 300_000);
}

const cards = async () => (await allCards()).map(({ action }) => action);

test("what an alert said of something that was taken down goes with the next feed, and stays away", async () => {
  await hearOf("a1", "a9");
  network(server);
  await loadFeed();
  expect(await cards()).toEqual(["a1"]);
  network(away);
  await reopen();
  expect(app.feed!.live.map(({ id }) => id)).toEqual(["a1"]);
});

test("so does what one said of a closed campaign that was left since", async () => {
  follow("secret");
  await hearOf("s1");
  network(server);
  await loadFeed();
  expect(await cards()).toEqual(["s1"]);
  follow();
  vi.setSystemTime(Date.parse(NOW) + 300_000);
  await loadFeed();
  expect(await cards()).toEqual([]);
});

test("what came a moment ago may be of what no feed tells of yet: it has until the next one", async () => {
  await keepCard(makeCard({ action: "a9" }), "al1", LATER, Date.now() - 5000);
  network(server);
  await loadFeed();
  expect(await cards()).toEqual(["a9"]);
  vi.setSystemTime(Date.parse(NOW) + 300_000);
  await loadFeed();
  expect(await cards()).toEqual([]);
});

test("what comes while the feed is on its way stays", async () => {
  let answer: (response: Response) => void = () => undefined;
  network(() => new Promise((resolve) => (answer = resolve)));
  const asked = loadFeed();
  vi.setSystemTime(Date.parse(NOW) + 300_000);
  await keepCard(makeCard({ action: "a9" }), "al1", LATER, Date.now());
  answer(json(feed([])));
  await asked;
  expect(await cards()).toEqual(["a9"]);
});

test.each<[string, (asked: Asked) => Response, string[]]>([
  ["is silent", away, ["a9", "s1"]],
  ["is in trouble", () => json({ code: "busy" }, 503), ["a9", "s1"]],
  ["is limited", () => json({ code: "throttled" }, 429), ["a9", "s1"]],
  ["is not there any more", () => json({ code: "not_found" }, 404), []],
])("when the feed of a closed campaign %s, what alerts said is kept accordingly", async (_, answering, kept) => {
  follow("secret");
  await hearOf("s1", "a9");
  network((asked) => (asked.path.includes("secret") ? answering(asked) : server(asked)));
  await loadFeed();
  expect(await cards()).toEqual(kept);
});

test("a closed feed from the phone's own memory is no word of the server", async () => {
  follow("secret");
  network(server);
  await loadFeed();
  await hearOf("s9");
  network((asked) => (asked.path.includes("secret") ? away() : server(asked)));
  await loadFeed();
  expect(await cards()).toEqual(["s9"]);
});

test("a phone that does not know yet what it follows drops nothing", async () => {
  await setPreference("device", makeDevice({ follows: [{ campaign: "secret" }] }) as unknown as Device);
  await hearOf("s1");
  network(server);
  await loadFeed();
  expect(await cards()).toEqual(["s1"]);
});

test("an alert that came after the server was last heard moves the place", async () => {
  const places = [makeGathering({ address: "Place de la Sorbonne" }), makeGathering({ id: "g2", address: "Ailleurs" })];
  network(() => json(feed([makeAction({ kind: "rally_call", gatherings: places })])));
  await loadFeed();
  const moved = { id: "g1", name: "Panthéon", address: "Place du Panthéon", starts_at: "2026-11-24T12:00:00Z" };
  vi.setSystemTime(Date.parse(NOW) + 60_000);
  await keepCard(makeCard({ action: "a1", title: "Correction", gatherings: [moved] }), "al2", LATER, Date.now());
  network(away);
  await reopen();
  const [shown] = app.feed!.live;
  expect(shown!.title["fr"]).toBe("Correction");
  expect(shown!.gatherings.map(({ address }) => address)).toEqual(["Place du Panthéon", "Ailleurs"]);
});

test.each([
  ["withdraws the hashtag", { reveal_at: null }, [null, null]],
  ["left before it was revealed", { reveal_at: "2026-11-24T09:59:00Z" }, ["Ensemble", "2026-11-24T09:59:00Z"]],
  ["says nothing of it", {}, ["Ensemble", "2026-11-24T09:00:00Z"]],
])("an alert that came after the server was last heard %s", async (_, said, known) => {
  const push = {
    hashtag: "Ensemble",
    reveal_at: "2026-11-24T09:00:00Z",
    link: "",
    talking_points: {},
    questions: null,
  };
  network(() => json(feed([makeAction({ hashtag_push: push })])));
  await loadFeed();
  vi.setSystemTime(Date.parse(NOW) + 60_000);
  await keepCard(makeCard({ kind: "hashtag_push", ...said }), "al2", LATER, Date.now());
  network(away);
  await reopen();
  const { hashtag, reveal_at } = app.feed!.live[0]!.hashtag_push!;
  expect([hashtag, reveal_at]).toEqual(known);
});

test("a card that the server brought up to date knows of a hashtag what the server does", async () => {
  const push = { hashtag: null, reveal_at: "2026-11-24T12:00:00Z", link: "", talking_points: {}, questions: null };
  await keepCard(makeCard({ kind: "hashtag_push" }), "al1", LATER, Date.now());
  for (const reveal_at of [push.reveal_at, null]) {
    network(() => json(makeAction({ hashtag_push: { ...push, reveal_at } })));
    await loadAction("a1");
    const [card] = await allCards();
    expect(cardToAction(card!, "fr").hashtag_push).toMatchObject({ hashtag: null, reveal_at });
  }
});

test("an alert alone says that its action is cancelled, and so does one of what was open", async () => {
  network(server);
  await loadFeed();
  vi.setSystemTime(Date.parse(NOW) + 60_000);
  for (const action of ["a1", "a9"])
    await keepCard(makeCard({ action, kind: "hashtag_push", state: "cancelled" }), `al-${action}`, LATER, Date.now());
  network(away);
  await reopen();
  expect(app.feed!.live.map(({ id, state }) => [id, state])).toEqual([
    ["a1", "cancelled"],
    ["a9", "cancelled"],
  ]);
  expect((await recallAction("a9"))?.state).toBe("cancelled");
});

test("what the server cancelled is cancelled on its card too, and no late alert opens it again", async () => {
  await keepCard(makeCard(), "al1", LATER, Date.now());
  network(() => json(makeAction({ state: "cancelled" })));
  await loadAction("a1");
  expect((await allCards()).map(({ state }) => state)).toEqual(["cancelled"]);
  vi.setSystemTime(Date.parse(NOW) + 60_000);
  await keepCard(makeCard(), "al1", LATER, Date.now());
  network(away);
  expect((await recallAction("a1"))?.state).toBe("cancelled");
});

test("an alert that is older than what the server said changes nothing", async () => {
  await keepCard(makeCard({ action: "a1", title: "Ancien" }), "al1", LATER, Date.now() - 60_000);
  network(server);
  await loadFeed();
  network(away);
  await reopen();
  expect(app.feed!.live.map(({ title }) => title)).toEqual([{ fr: "Vague" }]);
});

test("a phone's clock that is wrong stays corrected without network", async () => {
  network(() => json({ server_time: new Date(Date.parse(NOW) + 180_000).toISOString() }));
  await loadConfig();
  expect(app.clockFault).toEqual({ offset: 180_000, certain: true });
  app.setOffset(0, true);
  network(away);
  await reopen();
  expect(app.clockFault).toEqual({ offset: 180_000, certain: false });
  expect(app.now).toBe(Date.parse(NOW) + 180_000);
});

test("a clock that shows less than what the server said before is behind", async () => {
  network(server);
  await loadFeed();
  vi.setSystemTime(Date.parse(NOW) - 3600_000);
  network(away);
  await reopen();
  expect(app.clockFault?.offset).toBe(3600_000);
});
