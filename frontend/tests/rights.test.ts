import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import type { Campaign, RightsSheet } from "../src/api/types";
import { legalTeams, teamOfCard, type Known } from "../src/rights/legal-teams";
import { rightsPath } from "../src/rights/path";
import { forgetSheet, isOld, loadSheet, topicOf } from "../src/rights/sheet";
import { keepLegalTeams, keptLegalTeams } from "../src/store/legal-teams";
import { answerRights, RIGHTS } from "../src/worker/rights";
import { shellName } from "../src/worker/shell";
import { away, json, network } from "./network";

const FRANCE = JSON.parse(readFileSync("../mobilise/rights/FR.json", "utf-8")) as RightsSheet;
const DAY = 24 * 3600 * 1000;

function makeCampaign(slug: string, legal_phone: string): Campaign {
  return { slug, name: { fr: `Campagne ${slug}` }, main_language: "fr", legal_phone } as unknown as Campaign;
}

const OWN = makeCampaign("own", "01 99 00 00 01");
const OTHER = makeCampaign("other", "01 99 00 00 02");
const NOTHING: Known = { action: null, campaigns: [], followed: [], kept: [] };
const phones = (known: Partial<Known>) => legalTeams({ ...NOTHING, ...known }).map((team) => team.phone);

// ---- the sheet

test("a sheet that was checked over a year ago is old", () => {
  const checked = Date.parse(FRANCE.checked_on);
  expect(isOld(FRANCE, checked + 365 * DAY)).toBe(false);
  expect(isOld(FRANCE, checked + 366 * DAY)).toBe(true);
});

test("the sheet that comes with the site has what the app's own sentences name as their source", () => {
  expect(FRANCE.jurisdiction).toBe("FR");
  expect(topicOf(FRANCE, "taking_part")?.sources["fr"]).toContain("CP art. 431-9 et R.644-4");
});

test("it is asked for once, and again after it failed or changed", async () => {
  forgetSheet();
  network(away);
  await expect(loadSheet()).rejects.toThrow();
  const asked = network(() => json(FRANCE));
  expect(await loadSheet()).toEqual(FRANCE);
  await loadSheet();
  expect(asked.map((each) => each.path)).toEqual(["/api/v1/rights"]);
  forgetSheet();
  await loadSheet();
  expect(asked).toHaveLength(2);
});

test("its address says which action it was opened from", () => {
  expect([rightsPath(), rightsPath("a1")]).toEqual(["/rights", "/rights?action=a1"]);
});

// ---- in the worker

const sheet = (version: number) => new Response(`{"version": ${version}}`, { headers: { etag: `"${version}"` } });

async function ask(answering: () => Response): Promise<{ version: number; told: number }> {
  const work: Promise<unknown>[] = [];
  let told = 0;
  const response = await answerRights(
    [RIGHTS],
    async () => answering(),
    (each) => void work.push(each),
    async () => void (told += 1),
  );
  await Promise.all(work);
  return { version: ((await response.json()) as { version: number }).version, told };
}

test("it comes with the app's own files, and is there without network", async () => {
  const cache = await caches.open(shellName([RIGHTS]));
  await cache.put(RIGHTS.url, sheet(1));
  expect(await ask(away)).toEqual({ version: 1, told: 0 });
  expect(await ask(() => new Response("", { status: 503 }))).toEqual({ version: 1, told: 0 });
  expect(await ask(() => sheet(1))).toEqual({ version: 1, told: 0 });
});

test("a corrected one is told of, and is there the next time", async () => {
  const cache = await caches.open(shellName([RIGHTS]));
  await cache.put(RIGHTS.url, sheet(1));
  expect(await ask(() => sheet(2))).toEqual({ version: 1, told: 1 });
  expect(await ask(away)).toEqual({ version: 2, told: 0 });
});

test("without one it waits for the network", async () => {
  await expect(ask(away)).rejects.toThrow();
  expect(await ask(() => sheet(4))).toEqual({ version: 4, told: 0 });
});

// ---- whom to call

test("the action's legal team comes first, then those of followed campaigns", () => {
  const action = teamOfCard({ fr: "Convocation" }, "01 99 00 00 09");
  expect(phones({ action, campaigns: [OTHER, OWN], followed: ["own"] })).toEqual(["01 99 00 00 09", OWN.legal_phone]);
});

test("one number is one button", () => {
  const action = teamOfCard({ fr: "Convocation" }, "0199000001");
  expect(phones({ action, campaigns: [OWN], followed: ["own"] })).toEqual(["0199000001"]);
});

test("campaigns that nobody follows here come in only when there is no other number", () => {
  expect(phones({ campaigns: [OTHER, OWN], followed: ["own"] })).toEqual([OWN.legal_phone]);
  expect(phones({ campaigns: [OTHER, OWN] })).toEqual([OTHER.legal_phone, OWN.legal_phone]);
  expect(phones({ campaigns: [makeCampaign("none", "")], followed: ["none"] })).toEqual([]);
});

test("without network the numbers of followed campaigns are those that were kept", async () => {
  await keepLegalTeams([OWN, OTHER], ["own"]);
  const kept = await keptLegalTeams();
  expect(phones({ kept, followed: ["own"] })).toEqual([OWN.legal_phone]);
});

test("a phone that follows nothing keeps the numbers of some campaigns that everybody sees", async () => {
  const many = ["a", "b", "c", "d"].map((slug, index) => makeCampaign(slug, `01 99 00 00 1${index}`));
  await keepLegalTeams(many, []);
  const kept = await keptLegalTeams();
  expect(kept.map((team) => team.campaign)).toEqual(["a", "b", "c"]);
  expect(phones({ kept })).toHaveLength(3);
  expect(phones({ kept, campaigns: [OWN] })).toEqual([OWN.legal_phone]);
});

test("a number that the campaign changed or took back is not kept", async () => {
  await keepLegalTeams([OWN], ["own"]);
  await keepLegalTeams([], ["own"]);
  expect((await keptLegalTeams()).map((team) => team.phone)).toEqual([OWN.legal_phone]);
  await keepLegalTeams([makeCampaign("own", "")], ["own"]);
  expect(await keptLegalTeams()).toEqual([]);
  await keepLegalTeams([OWN, OTHER], ["own"]);
  await keepLegalTeams([OTHER], []);
  expect((await keptLegalTeams()).map((team) => team.phone)).toEqual([OTHER.legal_phone]);
});
