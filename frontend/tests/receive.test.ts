import { expect, test } from "vitest";

import { findCard } from "../src/store/card";
import { setPreference } from "../src/store/preferences";
import type { Device } from "../src/api/types";
import { receivePush } from "../src/worker/receive";
import { reportDelay } from "../src/worker/receipts";
import { makeCard, makePayload } from "./make";
import { away, json, makeDevice, network } from "./network";

function screen() {
  const shown: { title: string; options: NotificationOptions }[] = [];
  const told: object[] = [];
  return {
    shown,
    told,
    show: async (title: string, options: NotificationOptions) => void shown.push({ title, options }),
    tell: async (news: object) => void told.push(news),
  };
}

test("it shows an alert and reports it", async () => {
  const { shown, show, tell } = screen();
  const asked = network(() => json(null, 204));
  await receivePush(makePayload(), show, tell);
  expect(shown).toHaveLength(1);
  expect(asked).toEqual([
    { method: "POST", path: "/api/v1/alerts/al1/receipts", body: { event: "shown", nonce: "n1" } },
  ]);
});

test("it shows a repeat silently", async () => {
  const { shown, show, tell } = screen();
  network(() => json(null, 204));
  await receivePush(makePayload(), show, tell);
  await receivePush(makePayload(), show, tell);
  expect(shown.map(({ options }) => options.silent)).toEqual([false, true]);
});

test("it rings once for two copies that come at the same time", async () => {
  const { shown, show, tell } = screen();
  network(() => json(null, 204));
  await Promise.all([receivePush(makePayload(), show, tell), receivePush(makePayload(), show, tell)]);
  expect(shown.filter(({ options }) => !options.silent)).toHaveLength(1);
  expect(shown).toHaveLength(2);
});

test("it shows something for a message it cannot read", async () => {
  const { shown, show, tell } = screen();
  await setPreference("language", "en");
  await receivePush("not ours", show, tell);
  expect(shown).toMatchObject([{ title: "New message", options: { body: "New message. Open to read it." } }]);
});

test("it shows the alert when the phone's memory is broken", async () => {
  const { shown, show, tell } = screen();
  network(() => json(null, 204));
  globalThis.indexedDB = {
    open() {
      throw new DOMException("no", "InvalidStateError");
    },
  } as unknown as IDBFactory;
  await receivePush(makePayload(), show, tell);
  expect(shown).toMatchObject([{ title: "Ça commence", options: { silent: false } }]);
});

test("it shows the alert when the network is away", async () => {
  const { shown, show, tell } = screen();
  network(away);
  await receivePush(makePayload(), show, tell);
  expect(shown).toHaveLength(1);
});

test("it tries again barely when the browser refuses the options", async () => {
  const { shown, show, tell } = screen();
  network(() => json(null, 204));
  let refused = 0;
  const picky = async (title: string, options: NotificationOptions) => {
    if (options.icon && refused++ === 0) throw new TypeError("icon");
    await show(title, options);
  };
  await receivePush(makePayload(), picky, tell);
  expect(shown).toMatchObject([{ title: "Ça commence" }]);
});

test("it reports an alert that could not be shown, and rings when that comes again", async () => {
  const { shown, show, tell } = screen();
  const asked = network(() => json(null, 204));
  await receivePush(makePayload(), () => Promise.reject(new TypeError("no")), tell);
  expect(asked).toMatchObject([{ body: { event: "not_shown" } }]);
  await receivePush(makePayload(), show, tell);
  expect(shown).toMatchObject([{ options: { silent: false } }]);
});

test("it keeps the card, unless this device keeps none", async () => {
  const { show, tell } = screen();
  network(() => json(null, 204));
  await receivePush(makePayload({ data: { card: makeCard() } }), show, tell);
  expect(await findCard("a1")).toMatchObject({ title: "Devant la Sorbonne", alert: "al1" });
  await setPreference("device", makeDevice({ keep_cards: false }) as Device);
  await receivePush(makePayload({ data: { id: "al2", card: makeCard({ action: "a2" }) } }), show, tell);
  expect(await findCard("a2")).toBeNull();
});

test("it sends the nonce of a verification back and tells the windows", async () => {
  const { shown, told, show, tell } = screen();
  const asked = network(() => json({ verified: true }));
  await receivePush(makePayload({ data: { type: "verification", receipt: "secret" } }), show, tell);
  expect(shown).toHaveLength(1);
  expect(asked).toEqual([
    { method: "POST", path: "/api/v1/device/subscription/verification", body: { nonce: "secret" } },
  ]);
  expect(told).toEqual([{ type: "received", id: "al1", shown: true }, { type: "verified" }]);
});

test("it shows the operator's check without a sound and reports it each time", async () => {
  const { shown, show, tell } = screen();
  const asked = network(() => json(null, 204));
  for (const id of ["c1", "c2"]) {
    const data = { type: "canary", id, receipt: `n-${id}` };
    await receivePush(makePayload({ notification: { silent: true, tag: "canary" }, data }), show, tell);
  }
  expect(shown.map(({ options }) => [options.silent, options.tag])).toEqual([
    [true, "canary"],
    [true, "canary"],
  ]);
  expect(asked).toEqual([
    { method: "POST", path: "/api/v1/alerts/c1/receipts", body: { event: "shown", nonce: "n-c1" } },
    { method: "POST", path: "/api/v1/alerts/c2/receipts", body: { event: "shown", nonce: "n-c2" } },
  ]);
});

test("it rings for each call for an approval, in one notification, and reports nothing of it", async () => {
  const { shown, show, tell } = screen();
  const asked = network(() => json(null, 204));
  for (const id of ["p1", "p2"]) {
    const notification = { tag: "approval-al1", navigate: "https://site.example/admin/campaigns/rallycall/1/" };
    await receivePush(makePayload({ notification, data: { type: "approval", id, receipt: undefined } }), show, tell);
  }
  expect(shown.map(({ options }) => [options.silent, options.tag, options.data.type])).toEqual([
    [false, "approval-al1", "approval"],
    [false, "approval-al1", "approval"],
  ]);
  expect(asked).toEqual([]);
});

test("it reports nothing of a test", async () => {
  const { shown, show, tell } = screen();
  const asked = network(() => json(null, 204));
  await receivePush(makePayload({ data: { type: "test" } }), show, tell);
  expect([shown.length, asked]).toEqual([1, []]);
});

test("it reports at once for a small audience, and by a sample spread over 20 s for a big one", () => {
  expect(reportDelay(1, () => 0.9)).toBe(0);
  expect(reportDelay(10, () => 0.5)).toBeNull();
  expect(reportDelay(10, () => 0.05)).toBe(1000);
});
