import { expect, test } from "vitest";

import { nextOffer, readAlertState, type OfferFacts, type PushFacts } from "../src/alert-state";
import { decodeKey, encodeKey, isDue } from "../src/push";

const FACTS: PushFacts = {
  supported: true,
  iosBrowser: false,
  permission: "granted",
  subscribed: true,
  subscription: { verified: true, key_current: true },
};

test.each<[string, Partial<PushFacts>, string]>([
  ["all is well", {}, "on"],
  ["the nonce has not come back", { subscription: { verified: false, key_current: true } }, "unverified"],
  ["the server knows of no subscription", { subscription: null }, "off"],
  ["the browser has none", { subscribed: false }, "off"],
  ["nobody was asked", { permission: "default" }, "off"],
  ["the person said no", { permission: "denied" }, "denied"],
  ["the browser has no push", { supported: false }, "unsupported"],
  ["it is an iPhone's Safari", { supported: false, iosBrowser: true }, "install-first"],
])("when %s", (_, changes, state) => {
  expect(readAlertState({ ...FACTS, ...changes })).toBe(state);
});

const OFFER: OfferFacts = { follows: false, alerts: "off", installable: true, putOff: {}, now: 1e12 };

test("it offers one thing at a time", () => {
  expect(nextOffer(OFFER)).toBe("follow");
  expect(nextOffer({ ...OFFER, follows: true })).toBe("alerts");
  expect(nextOffer({ ...OFFER, follows: true, alerts: "on" })).toBe("install");
  expect(nextOffer({ ...OFFER, follows: true, alerts: "on", installable: false })).toBeNull();
});

test("it does not insist, and comes back after a week", () => {
  const putOff = { follow: 1e12 - 3600_000 };
  expect(nextOffer({ ...OFFER, putOff })).toBeNull();
  expect(nextOffer({ ...OFFER, putOff, now: 1e12 + 8 * 24 * 3600_000 })).toBe("follow");
});

test("it sends the subscription when it changed, else once a day", () => {
  const day = 24 * 3600_000;
  expect(isDue(undefined, "x", 0)).toBe(true);
  expect(isDue({ at: 0, digest: "x" }, "x", day - 1)).toBe(false);
  expect(isDue({ at: 0, digest: "x" }, "x", day)).toBe(true);
  expect(isDue({ at: 0, digest: "x" }, "y", 1)).toBe(true);
  expect(isDue({ at: 10 * day, digest: "x" }, "x", 0)).toBe(true);
});

test("it writes keys as the server does", () => {
  const key = encodeKey(new Uint8Array([251, 255, 254, 1]));
  expect(key).toBe("-__-AQ");
  expect([...decodeKey(key)]).toEqual([251, 255, 254, 1]);
});
