import { render } from "svelte/server";
import { beforeEach, expect, test, vi } from "vitest";

import type { Claim, Device } from "../src/api/types";
import { Calls } from "../src/actions/outreach/calls.svelte";
import TakeRefused from "../src/actions/outreach/TakeRefused.svelte";
import { sendGestures } from "../src/actions/participation";
import { bars, calling, isOpen, mailLink, resultsFor } from "../src/actions/outreach/outreach";
import { app } from "../src/app/state.svelte";
import { database } from "../src/store/database";
import { gestures } from "../src/store/gestures";
import { setPreference } from "../src/store/preferences";
import { t } from "../src/words/words";
import { away, json, makeDevice, network } from "./network";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const OFFICE = { opens_at: "2026-11-23T08:00:00Z", closes_at: "2026-11-23T11:00:00Z" };
const CLAIM: Claim = {
  id: "c1",
  until: "2026-11-23T13:00:00Z",
  official: {
    name: "Jeanne Exemple",
    function: "Maire",
    commune: "Ville-Fictive",
    departement: "67",
    phone: "03 99 00 00 00",
    email: "",
  },
  earlier: [],
  office: OFFICE,
  again_first: "2026-12-01",
  again_last: "2027-01-22",
};

beforeEach(async () => {
  vi.setSystemTime(NOW);
  app.tick();
  app.device = makeDevice() as Device;
  await setPreference("device", app.device);
});

test("it knows what can be done now", () => {
  const standing = { claim: null, restUntil: null, office: OFFICE };
  expect(calling(standing, NOW)).toBe("free");
  expect(calling(standing, NOW - 2 * 3600_000)).toBe("closed");
  // Hours that are over say nothing of now: the server is asked.
  expect(calling(standing, NOW + 5 * 3600_000)).toBe("free");
  expect(calling({ ...standing, restUntil: "2026-11-23T09:15:00Z" }, NOW)).toBe("resting");
  expect(calling({ ...standing, claim: CLAIM }, NOW)).toBe("held");
  expect(calling({ ...standing, claim: CLAIM }, NOW + 4 * 3600_000)).toBe("late");
});

test("it calls in office hours only", () => {
  expect([-1, 0, 3].map((hours) => isOpen(OFFICE, Date.parse(OFFICE.opens_at) + hours * 3600_000))).toEqual([
    false,
    true,
    false,
  ]);
});

test("it offers another day only where somebody will call", () => {
  expect(resultsFor(CLAIM)).toContain("call_again");
  expect(resultsFor({ ...CLAIM, again_first: null, again_last: null })).not.toContain("call_again");
});

test("it fills three bars, none beyond its end", () => {
  const goal = {
    target: 500,
    counted: 250,
    departements: 45,
    departements_needed: 30,
    departement_cap: 50,
    full: 1,
    most: 60,
    total: 260,
    beyond: 10,
  };
  expect(bars(goal).map(({ name, share }) => [name, share])).toEqual([
    ["total", 50],
    ["departements", 100],
    ["cap", 100],
  ]);
});

test("it opens an e-mail with nothing written in it", () => {
  expect(mailLink("mairie+bureau@commune.example")).toBe("mailto:mairie%2Bbureau@commune.example");
  expect(mailLink("a@b.example?body=x&cc=y")).toBe("mailto:a@b.example%3Fbody%3Dx%26cc%3Dy");
});

test("it takes one, reports, and keeps nothing of them anywhere", async () => {
  const log = network(({ method, path }) => {
    if (method === "POST" && path.endsWith("/claim")) return json(CLAIM, 201);
    if (path.endsWith("/outcome")) return json({ result: "promises", call_again_on: null });
    return json([]);
  });
  const calls = new Calls("a1");

  await calls.take();
  expect(calls.claim?.official.name).toBe("Jeanne Exemple");
  expect(await everythingKept()).not.toContain("Exemple");
  await calls.report("promises", null);

  expect([calls.claim, calls.done]).toEqual([null, "reported"]);
  expect(await everythingKept()).not.toContain("Exemple");
  const sent = log.find(({ path }) => path.endsWith("/outcome"));
  expect(sent).toEqual({
    method: "PUT",
    path: "/api/v1/actions/a1/claim/c1/outcome",
    body: { result: "promises", call_again_on: null },
  });
});

test("a report that did not arrive is kept, without anybody in it, and sent later", async () => {
  network(({ path }) => {
    if (path.endsWith("/outcome")) throw new TypeError("Failed to fetch");
    return json(path.endsWith("/devices") ? makeDevice() : CLAIM, 201);
  });
  const calls = new Calls("a1");
  await calls.take();
  await calls.report("sent", null);
  expect([calls.refusal, calls.claim, calls.done, calls.busy]).toEqual([null, null, "kept", false]);
  // What the page says of it: on a phone that keeps nothing, the report is in this page alone.
  expect(calls.told).toBe("queued_call");
  app.keepsNothing = true;
  expect(calls.told).toBe("queued_here");
  app.keepsNothing = false;
  expect(await everythingKept()).not.toMatch(/Exemple|Maire|Fictive|03 99/);

  const log = network(({ path }) =>
    path.endsWith("/outcome") ? json({ result: "sent", call_again_on: null }) : json([]),
  );
  await sendGestures();
  await sendGestures();
  expect(log.filter(({ method }) => method === "PUT")).toMatchObject([
    { path: "/api/v1/actions/a1/claim/c1/outcome", body: { result: "sent" } },
  ]);
});

test("a report that is refused keeps the form, and says why", async () => {
  network(({ path }) =>
    path.endsWith("/outcome") ? json({ code: "already_reported", detail: "" }, 409) : json(CLAIM, 201),
  );
  const calls = new Calls("a1");
  await calls.take();
  await calls.report("sent", null);
  expect([calls.refusal, calls.claim?.id, await gestures()]).toEqual(["already_reported", "c1", []]);
});

test("a page that was thrown away without network still lets the outcome be told", async () => {
  network(() => json(CLAIM, 201));
  await new Calls("a1").take();
  network(away);
  const calls = new Calls("a1");
  await calls.load();
  expect([calls.claim?.id, calls.nameless]).toEqual(["c1", true]);
  await calls.report("no_answer", null);
  expect([calls.claim, calls.done]).toEqual([null, "kept"]);
  const again = new Calls("a1");
  await again.load();
  expect(again.claim).toBeNull();
});

test("without network the wish for somebody to call waits, and nobody is taken", async () => {
  network(away);
  const calls = new Calls("a1");
  await calls.take();
  expect([calls.wanted, calls.refusal, app.network]).toEqual([true, null, "away"]);
  network(() => json(CLAIM, 201));
  await calls.take();
  expect([calls.wanted, calls.claim?.id]).toEqual([false, "c1"]);
});

test("when the time is over the name goes and the report may still come", async () => {
  network(({ method }) => json(method === "GET" ? { claim: null, rest_until: null } : CLAIM, 200));
  const calls = new Calls("a1");
  await calls.take();
  vi.setSystemTime(NOW + 5 * 3600_000);
  app.tick();
  calls.blank();
  await calls.load();
  expect([calls.claim?.id, calls.claim?.official.name]).toEqual(["c1", ""]);
});

test("who has to report first is told, and until when", async () => {
  network(({ method }) =>
    method === "POST"
      ? json({ code: "report_first", detail: "" }, 429)
      : json({ claim: null, rest_until: "2026-11-23T09:15:00Z" }),
  );
  const calls = new Calls("a1");
  await calls.take();
  expect([calls.refusal, calls.restUntil]).toEqual(["report_first", "2026-11-23T09:15:00Z"]);
});

async function everythingKept(): Promise<string> {
  const db = await database();
  const stores = await Promise.all([...db.objectStoreNames].map((name) => db.getAll(name)));
  return JSON.stringify([stores, await caches.keys()]);
}

/** What is read where no official was given, as the first picture shows it. */
function refused(code: string): string {
  return render(TakeRefused, { props: { code } }).body;
}

test("a phone that no alert was proved to reach is told what may help, and the way to it", async () => {
  network(() => json({ code: "none_free", detail: "" }, 409));
  const calls = new Calls("a1");
  await calls.take();
  const told: Record<string, boolean[]> = {};
  for (const state of ["off", "lost", "denied", "unverified", "on"] as const) {
    app.alerts = state;
    const page = refused(calls.refusal!);
    expect(page).toContain(t("outreach_none_free"));
    told[state] = [t("outreach_kept"), 'href="/alerts"', t("outreach_alerts")].map((part) => page.includes(part));
  }
  expect(told).toEqual({
    off: [true, true, true],
    lost: [true, true, true],
    denied: [true, true, false],
    unverified: [true, true, false],
    on: [false, false, false],
  });
  app.alerts = "off";
  expect(refused("outside_office_hours")).not.toContain(t("outreach_kept"));
});
