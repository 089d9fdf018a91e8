import { expect, test } from "vitest";

import { hintsFor, isQuiet } from "../src/check/hints";
import { isReady, readSteps, type CheckFacts } from "../src/check/steps";
import { readTrial, troubleOf, USUAL, type TrialFacts } from "../src/check/trial";
import { makeDevice } from "./network";
import type { Device } from "../src/api/types";

const WELL: CheckFacts = {
  supported: true,
  installFirst: false,
  inApp: false,
  permission: "granted",
  worker: "current",
  subscription: { sent: true, keyCurrent: true },
  reach: { verified: true, key_current: true, service_paused: false },
};
const none = { supported: false, permission: "default", worker: "none", subscription: null, reach: null } as const;

test("when all is well every step is, and a test may begin", () => {
  const steps = readSteps(WELL);
  expect(steps.map(({ verdict }) => verdict)).toEqual(Array(6).fill("good"));
  expect(isReady(steps)).toBe(true);
});

test.each<[string, Partial<CheckFacts>, string, string, string | null]>([
  ["the browser has no push", none, "browser", "check_browser_unable", "calendar"],
  ["it is an iPhone's Safari", { ...none, installFirst: true }, "browser", "check_browser_install", "install"],
  [
    "it is Instagram's browser",
    { ...none, inApp: true, installFirst: true },
    "browser",
    "check_browser_in_app",
    "install",
  ],
  [
    "the person said no",
    { permission: "denied", subscription: null },
    "permission",
    "check_permission_denied",
    "unblock",
  ],
  ["nobody was asked", { permission: "default" }, "permission", "check_permission_default", "turn-on"],
  ["there is no worker", { worker: "none" }, "worker", "check_worker_none", "reload"],
  ["the worker does not answer", { worker: "silent" }, "worker", "check_worker_silent", "reload"],
  ["the browser lost it", { subscription: null }, "subscription", "check_subscription_none", "turn-on"],
  [
    "it is for an old key",
    { subscription: { sent: true, keyCurrent: false } },
    "subscription",
    "check_subscription_key",
    "turn-on",
  ],
  ["the server dropped it", { reach: null }, "server", "check_server_none", "turn-on"],
  [
    "the server has another",
    { subscription: { sent: false, keyCurrent: true } },
    "server",
    "check_server_none",
    "turn-on",
  ],
])("when %s, that step is wrong and those after it say nothing", (_, changes, name, says, fix) => {
  const steps = readSteps({ ...WELL, ...changes });
  const wrong = steps.findIndex(({ verdict }) => verdict === "wrong");
  expect(steps[wrong]).toEqual({ name, verdict: "wrong", says, fix });
  expect(steps.slice(0, wrong).map(({ verdict }) => verdict)).toEqual(Array(wrong).fill("good"));
  expect(new Set(steps.slice(wrong + 1).map(({ verdict }) => verdict))).toEqual(new Set(["unknown"]));
  expect(isReady(steps)).toBe(false);
});

test("a verification that is on its way keeps nobody from a test", () => {
  const steps = readSteps({ ...WELL, reach: { ...WELL.reach!, verified: false } });
  expect(steps.at(-1)).toMatchObject({ verdict: "waiting", fix: "verify-again" });
  expect(isReady(steps)).toBe(true);
});

test("a push service that refuses us is no fault of the phone's, but no time for a test", () => {
  const steps = readSteps({ ...WELL, reach: { ...WELL.reach!, service_paused: true } });
  expect(steps[4]).toMatchObject({ verdict: "waiting", says: "check_server_paused" });
  expect(isReady(steps)).toBe(false);
});

test("without a network what the server knows is not known", () => {
  const steps = readSteps({ ...WELL, worker: "unchecked", reach: undefined });
  expect(steps.map(({ verdict }) => verdict)).toEqual(["good", "good", "good", "good", "unknown", "unknown"]);
});

const UNDER_WAY: TrialFacts = { elapsed: 1000, answer: "waiting", arrived: null, seen: null };

test.each<[string, Partial<TrialFacts>, string, string]>([
  ["it was just asked for", {}, "leaving", "none"],
  ["the push service has it", { answer: "accepted" }, "under-way", "none"],
  ["the push service has had it for long", { answer: "accepted", elapsed: USUAL }, "held", "held"],
  ["it has not left for long", { elapsed: USUAL }, "not-left", "none"],
  ["the push service is busy", { answer: "later", elapsed: USUAL }, "later", "none"],
  ["the push service refused it", { answer: "refused" }, "refused", "none"],
  ["the push service knows the phone no more", { answer: "gone" }, "gone", "none"],
  ["the browser could not show it", { arrived: { after: 300, shown: false } }, "not-shown", "unseen"],
  ["it is there: was it seen?", { arrived: { after: 300, shown: true } }, "ask", "none"],
  ["it was not seen", { arrived: { after: 300, shown: true }, seen: false }, "unseen", "unseen"],
  ["it was seen", { arrived: { after: 300, shown: true }, seen: true }, "good", "none"],
  ["it was seen, late", { arrived: { after: USUAL + 1, shown: true }, seen: true }, "late", "held"],
  ["it came after all", { arrived: { after: 90_000, shown: true }, elapsed: 60_000 }, "ask", "none"],
])("when %s", (_, changes, state, trouble) => {
  const trial = readTrial({ ...UNDER_WAY, ...changes });
  expect([trial, troubleOf(trial)]).toEqual([state, trouble]);
});

const NOW = Date.parse("2026-11-28T22:30:00Z"); // 23:30 in Paris
const KINDS = ["hashtag_push", "rally_call", "solidarity_alert", "broadcast", "outreach"];
const device = (changes: object) =>
  makeDevice({ follows: [{ campaign: "c1", kinds: KINDS }], ...changes }) as unknown as Device;
const hints = (changes: object, facts: object = {}) =>
  hintsFor({ device: device(changes), now: NOW, clock: NOW, phoneZone: "Europe/Paris", ...facts });

test("settings that hold nothing back are not mentioned", () => {
  expect(hints({})).toEqual([]);
});

test("quiet hours are told, and that they are now, by the device's own zone", () => {
  const quiet = { quiet_hours: { start: "22:00", end: "08:00" } };
  expect(hints(quiet)).toEqual([{ name: "quiet_now", from: "22:00", to: "08:00" }]);
  expect(hints(quiet, { now: NOW + 12 * 3600_000, clock: NOW + 12 * 3600_000 })[0]?.name).toBe("quiet_later");
  expect(hints(quiet, { phoneZone: "America/Martinique" })).toContainEqual({ name: "zone", zone: "Europe/Paris" });
});

test("quiet hours go over midnight, or not; their end is not quiet any more", () => {
  const at = (text: string) => Number(text.split(":")[0]) * 60 + Number(text.split(":")[1]);
  const quiet = (now: string, start: string, end: string) => isQuiet(at(now), at(start), at(end));
  expect([quiet("22:00", "22:00", "08:00"), quiet("07:59", "22:00", "08:00")]).toEqual([true, true]);
  expect([quiet("08:00", "22:00", "08:00"), quiet("21:59", "22:00", "08:00")]).toEqual([false, false]);
  expect([quiet("13:00", "12:00", "14:00"), quiet("14:00", "12:00", "14:00")]).toEqual([true, false]);
});

test("a discreet text, kinds that were not asked for, and following nothing are told", () => {
  expect(hints({ lock_screen: "discreet" })).toEqual([{ name: "discreet" }]);
  expect(hints({ follows: [{ campaign: "c1", kinds: KINDS.slice(1) }] })).toEqual([
    { name: "muted", campaign: "c1", kinds: ["hashtag_push"] },
  ]);
  expect(hints({ follows: [] })).toEqual([{ name: "no_follow" }]);
});

test("a phone's clock that is off is told in minutes", () => {
  expect(hints({}, { clock: NOW - 60_000 })).toEqual([]);
  expect(hints({}, { clock: NOW - 11 * 60_000 })).toEqual([{ name: "clock", minutes: 11 }]);
});
