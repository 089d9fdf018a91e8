import { afterEach, expect, test, vi } from "vitest";

import { clockOffset, phase, remaining, steadyOffset } from "../src/time/clock";
import { clockDiffers, dayDistance, formatDay, formatTime, zoneCity } from "../src/time/format";

const PARIS = "Europe/Paris";
const NOW = Date.parse("2026-11-22T12:00:00Z");

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  ["2026-11-22T17:02:00Z", "fr", "18\u00a0h\u00a002"],
  ["2026-11-22T18:00:00Z", "fr", "19\u00a0h"],
  ["2026-11-22T08:30:00Z", "fr", "9\u00a0h\u00a030"],
  ["2026-11-22T23:00:00Z", "fr", "0\u00a0h"],
  ["2026-11-22T17:02:00Z", "en", "18:02"],
  ["2026-11-22T08:00:00Z", "en", "09:00"],
  ["2026-07-22T17:02:00Z", "en", "19:02"],
])("it writes %s in %s as %s", (iso, language, text) => {
  expect(formatTime(iso, language, PARIS)).toBe(text);
});

test("it names the day, and the year when it is another", () => {
  expect(formatDay("2026-11-24T12:00:00Z", "fr", PARIS, NOW)).toBe("mardi 24 novembre");
  expect(formatDay("2026-11-24T12:00:00Z", "en", PARIS, NOW)).toBe("Tuesday 24 November");
  expect(formatDay("2027-01-04T12:00:00Z", "fr", PARIS, NOW)).toBe("lundi 4 janvier 2027");
});

test("it counts days by the action's calendar, also over a change of clocks", () => {
  expect(dayDistance("2026-11-22T23:30:00Z", PARIS, NOW)).toBe(1);
  expect(dayDistance("2026-11-22T22:30:00Z", PARIS, NOW)).toBe(0);
  expect(dayDistance("2026-10-25T12:00:00Z", PARIS, Date.parse("2026-10-24T21:00:00Z"))).toBe(1);
});

test("it knows when the phone's clock shows another hour", () => {
  vi.stubEnv("TZ", "Europe/Brussels");
  expect(clockDiffers("2026-11-22T12:00:00Z", PARIS)).toBe(false);
  vi.stubEnv("TZ", "America/New_York");
  expect(clockDiffers("2026-11-22T12:00:00Z", PARIS)).toBe(true);
  vi.stubEnv("TZ", "Africa/Lagos");
  expect(clockDiffers("2026-11-22T12:00:00Z", PARIS)).toBe(false);
  expect(clockDiffers("2026-07-22T12:00:00Z", PARIS)).toBe(true);
  expect(zoneCity("America/New_York")).toBe("New York");
});

test("it shows a zone that the browser does not know in UTC", () => {
  expect(formatTime("2026-11-22T12:00:00Z", "en", "Mars/Olympus")).toBe("12:00");
});

test("it counts down to zero and no further", () => {
  expect(remaining(NOW + 90_061_000, NOW)).toEqual({ days: 1, hours: 1, minutes: 1, seconds: 1 });
  expect(remaining(NOW + 1, NOW).seconds).toBe(1);
  expect(remaining(NOW - 5000, NOW)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 0 });
});

test("it goes by the server's clock", () => {
  expect(clockOffset("2026-11-22T12:00:10Z", NOW)).toBe(10_000);
  expect(clockOffset("nonsense", NOW)).toBe(0);
  expect(steadyOffset(900)).toBe(0);
  expect(steadyOffset(-5000)).toBe(-5000);
});

test("it knows before, during and after", () => {
  const [start, end] = ["2026-11-22T12:00:00Z", "2026-11-22T14:00:00Z"];
  expect(phase(start, end, NOW - 1)).toBe("before");
  expect(phase(start, end, NOW)).toBe("during");
  expect(phase(start, end, Date.parse(end))).toBe("after");
});

test("it makes no formatter twice: that is what a slow phone would spend its time on", () => {
  const say = (iso: string) => [formatTime(iso, "fr", PARIS), formatDay(iso, "fr", PARIS, NOW)];
  say("2026-11-24T12:00:00Z");
  const made = vi.spyOn(Intl, "DateTimeFormat");
  expect(say("2026-11-25T17:02:00Z")).toEqual(["18\u00a0h\u00a002", "mercredi 25 novembre"]);
  expect(dayDistance("2026-11-25T12:00:00Z", PARIS, NOW)).toBe(3);
  expect(made).not.toHaveBeenCalled();
});
