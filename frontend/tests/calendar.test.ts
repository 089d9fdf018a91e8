import { expect, test } from "vitest";

import { calendarFile } from "../src/actions/calendar-file";
import { actionCalendar, helpsInCalendar, ringsAtEnd, subscription } from "../src/actions/calendar";
import type { Action } from "../src/api/types";
import { makeAction, makeGathering } from "./make";

test.each([
  [{ calendar: "/campaigns/amis/calendar.ics" }, "/actions/a1.ics?lang=fr"],
  [{ calendar: "/campaigns/amis/calendar.ics?key=k1" }, "/actions/a1.ics?key=k1&lang=fr"],
  [{ calendar: null }, "/actions/a1.ics?lang=fr"],
  [undefined, "/actions/a1.ics?lang=fr"],
])("an action's calendar has its campaign's key, if there is one: %o", (campaign, address) => {
  expect(actionCalendar({ id: "a1" }, campaign, "fr")).toBe(address);
});

test("one place of an action is a calendar of its own", () => {
  expect(actionCalendar({ id: "a1" }, undefined, "en", { id: "g1" })).toBe("/actions/a1.ics?lang=en&gathering=g1");
});

test("a subscription opens the calendar program", () => {
  const { program, address } = subscription("/campaigns/amis/calendar.ics?key=k1", "fr", "https://site.example", false);
  expect(address).toBe("https://site.example/campaigns/amis/calendar.ics?key=k1&lang=fr");
  expect(program).toBe("webcal://site.example/campaigns/amis/calendar.ics?key=k1&lang=fr");
});

const DAY = 24 * 3600_000;
const say = (text: Record<string, string>) => text["fr"] ?? "";

test("without network the phone makes the entry itself, and the server's takes its place later", () => {
  const gathering = makeGathering({ name: { fr: "Sorbonne; devant" }, practical: { fr: "Eau,\nchaussures" } });
  const action = makeAction({ title: { fr: "Rassemblement" } });
  const file = calendarFile({ action, gathering, say, origin: "https://site.example", site: "Agenda, à nous", now: 0 });
  const lines = file.replaceAll("\r\n ", "").split("\r\n");
  expect(lines).toContain("UID:g1@site.example");
  expect(lines).toContain("PRODID:-//Agenda\\, à nous//EN");
  expect(lines).toContain("SEQUENCE:0");
  expect(lines).toContain("DTSTART:20261124T110000Z");
  // The gathering says no end and begins after the action's own: an hour, as on the server.
  expect(lines).toContain("DTEND:20261124T120000Z");
  expect(lines).toContain("LOCATION:Sorbonne\\; devant\\, Place de la Sorbonne\\, Paris");
  expect(lines).toContain("DESCRIPTION:Eau\\,\\nchaussures\\n\\nhttps://site.example/a/a1");
  expect(lines).toContain("TRIGGER:-PT60M");
});

test.each([
  ["rings at the start, and a day before the end of what goes on for weeks", "outreach", 20, ["-PT10M", "END:-P1D"]],
  ["rings once for calls of two days", "outreach", 2, ["-PT10M"]],
  ["rings once for anything else", "broadcast", 20, ["-PT10M"]],
] as const)("an entry made on the phone %s", (_, kind, days, rings) => {
  const starts_at = "2026-11-22T17:00:00Z";
  const ends_at = new Date(Date.parse(starts_at) + days * DAY).toISOString();
  const action = makeAction({ kind, starts_at, ends_at });
  const file = calendarFile({ action, gathering: undefined, say, origin: "https://site.example", site: "", now: 0 });
  expect(ringsAtEnd(action)).toBe(rings.length > 1);
  expect([...file.matchAll(/TRIGGER(?:;RELATED=|:)(.+)\r/g)].map(([, ring]) => ring)).toEqual(rings);
  expect(file.match(/BEGIN:VALARM/g)).toHaveLength(rings.length);
});

test("no line of the entry is longer than 75 octets, and no letter is cut", () => {
  const action = makeAction({ title: { fr: "é".repeat(200) } });
  const file = calendarFile({
    action,
    gathering: undefined,
    say,
    origin: "https://site.example",
    site: "Agenda, à nous",
    now: 0,
  });
  const longest = Math.max(...file.split("\r\n").map((line) => new TextEncoder().encode(line).length));
  expect(longest).toBeLessThanOrEqual(75);
  expect(file.replaceAll("\r\n ", "")).toContain("é".repeat(200));
});

test("where no alerts come, a campaign's calendar has alarms", () => {
  const { address } = subscription("/campaigns/amis/calendar.ics", "en", "https://site.example", true);
  expect(address).toBe("https://site.example/campaigns/amis/calendar.ics?lang=en&alarm=1");
});

const BEFORE = Date.parse("2026-11-22T16:59:59Z");
const DURING = Date.parse("2026-11-22T18:00:00Z");
const KINDS = ["hashtag_push", "rally_call", "solidarity_alert", "broadcast", "outreach"] as const;

test.each(KINDS)("an entry for %s is offered until it begins", (kind) => {
  const action = makeAction({ kind });
  expect([helpsInCalendar(action, undefined, BEFORE), helpsInCalendar(action, undefined, DURING)]).toEqual([
    true,
    false,
  ]);
});

test("one for what goes on for weeks is offered until a day before its end, of which it reminds", () => {
  const weeks = makeAction({ kind: "outreach", ends_at: new Date(DURING + 20 * DAY).toISOString() });
  expect(helpsInCalendar(weeks, undefined, DURING)).toBe(true);
  expect(helpsInCalendar(weeks, undefined, DURING + 19 * DAY)).toBe(false);
});

test("nothing is offered to what is called off or banned; a place has an hour of its own", () => {
  const banned = { declaration: "banned", practical: {} } as Action["rally_call"];
  expect(helpsInCalendar(makeAction({ state: "cancelled" }), undefined, BEFORE)).toBe(false);
  expect(helpsInCalendar(makeAction({ rally_call: banned }), undefined, BEFORE)).toBe(false);
  expect(helpsInCalendar(makeAction(), makeGathering({ starts_at: "2026-11-22T18:30:00Z" }), DURING)).toBe(true);
});
