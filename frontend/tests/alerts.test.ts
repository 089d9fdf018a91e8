import { expect, test } from "vitest";

import { nextOffer, readAlertState, type OfferFacts, type PushFacts } from "../src/alerts/alert-state";
import { decodeKey, encodeKey, isDue } from "../src/alerts/push";

const FACTS: PushFacts = {
  supported: true,
  inApp: false,
  iosBrowser: false,
  permission: "granted",
  subscribed: true,
  subscription: { verified: true, key_current: true },
  wanted: true,
  repairing: false,
};

test.each<[string, Partial<PushFacts>, string]>([
  ["all is well", {}, "on"],
  ["the nonce has not come back", { subscription: { verified: false, key_current: true } }, "unverified"],
  ["the server knows of no subscription", { subscription: null }, "lost"],
  ["the browser has none", { subscribed: false }, "lost"],
  ["the browser has none and that is being put right", { subscribed: false, repairing: true }, "repairing"],
  ["the browser forgot its permission", { permission: "default", subscribed: false }, "lost"],
  ["nobody was asked", { permission: "default", subscribed: false, subscription: null, wanted: false }, "off"],
  ["alerts were turned off", { subscribed: false, subscription: null, wanted: false }, "off"],
  ["the person said no", { permission: "denied" }, "denied"],
  ["the browser has no push", { supported: false }, "unsupported"],
  ["an app shows the page in a browser of its own", { supported: false, inApp: true }, "leave-first"],
  ["such a browser claims that it can", { inApp: true, iosBrowser: true }, "leave-first"],
  ["it is an iPhone's Safari", { supported: false, iosBrowser: true }, "install-first"],
])("when %s", (_, changes, state) => {
  expect(readAlertState({ ...FACTS, ...changes })).toBe(state);
});

const OFFER: OfferFacts = { follows: false, wantsKind: true, alerts: "off", installable: true, putOff: {}, now: 1e12 };

test("it offers one thing at a time", () => {
  expect(nextOffer(OFFER)).toBe("follow");
  expect(nextOffer({ ...OFFER, follows: true })).toBe("alerts");
  expect(nextOffer({ ...OFFER, follows: true, alerts: "on" })).toBe("install");
  expect(nextOffer({ ...OFFER, follows: true, alerts: "on", installable: false })).toBeNull();
});

test("it leads out of an app's own browser instead of into what cannot work there", () => {
  const inApp: OfferFacts = { ...OFFER, alerts: "leave-first" };
  expect(nextOffer(inApp)).toBe("leave");
  expect(nextOffer({ ...inApp, follows: true, wantsKind: false })).toBe("leave");
  expect(nextOffer({ ...inApp, putOff: { leave: OFFER.now } })).toBeNull();
});

test("on an iPhone it offers the icon in the place of the alerts, and not before the campaign is followed", () => {
  const iphone: OfferFacts = { ...OFFER, alerts: "install-first" };
  expect(nextOffer(iphone)).toBe("follow");
  expect(nextOffer({ ...iphone, follows: true })).toBe("alerts");
});

test("the icon is never offered before alerts are on", () => {
  for (const alerts of ["off", "denied", "install-first"] as const)
    expect(nextOffer({ ...OFFER, follows: true, alerts })).not.toBe("install");
  expect(nextOffer({ ...OFFER, follows: true, alerts: "unverified" })).toBe("install");
});

test("it offers a kind that the consent given before does not cover, to followers only", () => {
  expect(nextOffer({ ...OFFER, wantsKind: false })).toBe("follow");
  expect(nextOffer({ ...OFFER, follows: true, wantsKind: false })).toBe("kind");
  expect(nextOffer({ ...OFFER, follows: true, wantsKind: false, putOff: { kind: OFFER.now } })).toBe("alerts");
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

test("it is sent again soon when no verification of it came through", () => {
  const minute = 60_000;
  expect(isDue({ at: 0, digest: "x" }, "x", 5 * minute, true)).toBe(false);
  expect(isDue({ at: 0, digest: "x" }, "x", 10 * minute, true)).toBe(true);
  expect(isDue({ at: 0, digest: "x" }, "x", 10 * minute, false)).toBe(false);
});

test("it writes keys as the server does", () => {
  const key = encodeKey(new Uint8Array([251, 255, 254, 1]));
  expect(key).toBe("-__-AQ");
  expect([...decodeKey(key)]).toEqual([251, 255, 254, 1]);
});
