import { expect, test } from "vitest";

import { chooseRepair, type RepairFacts } from "../src/alerts/repair";

const NOW = 1e12;
const HOUR = 3600_000;
const WELL: RepairFacts = {
  permission: "granted",
  wanted: true,
  current: { key: "k1", expires: null, sent: true },
  key: "k1",
  known: true,
  due: false,
  now: NOW,
};

test.each<[string, Partial<RepairFacts>, string]>([
  ["all is well", {}, "nothing"],
  ["a day has passed since it was sent", { due: true }, "send"],
  ["the browser lost it", { current: null }, "renew"],
  ["both lost it, though alerts were on here", { current: null, known: false }, "renew"],
  ["the site has a new key", { key: "k2" }, "renew"],
  ["it has expired", { current: { key: "k1", expires: NOW - HOUR, sent: true } }, "renew"],
  ["it expires within the day", { current: { key: "k1", expires: NOW + HOUR, sent: true } }, "renew"],
  ["it expires in a month", { current: { key: "k1", expires: NOW + 30 * 24 * HOUR, sent: true } }, "nothing"],
  ["the server dropped it, as its push service said that it is gone", { known: false }, "renew"],
  ["it never reached the server", { known: false, current: { key: "k1", expires: null, sent: false } }, "send"],
  ["the browser made another by itself", { due: true, current: { key: "k1", expires: null, sent: false } }, "send"],
  ["the person said no", { permission: "denied", current: null }, "nothing"],
  ["the browser forgot the permission", { permission: "default", current: null }, "ask"],
  ["alerts were never on here", { wanted: false, current: null, known: false }, "nothing"],
  ["alerts were turned off here", { wanted: false, current: null, known: false, key: "k2" }, "nothing"],
])("when %s", (_, changes, repair) => {
  expect(chooseRepair({ ...WELL, ...changes })).toBe(repair);
});
