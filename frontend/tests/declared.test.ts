import { expect, test } from "vitest";

import { messageOf, showInstead, type Declared } from "../src/worker/declared";
import { receivePush } from "../src/worker/receive";
import { findCard } from "../src/store/card";
import { makeCard, makePayload } from "./make";
import { json, network } from "./network";

/** As a browser gives it that read the message itself: each property is one of the class, and there is no message. */
function declare(message: string): Declared {
  const { notification } = JSON.parse(message);
  const properties = {
    title: "",
    body: "",
    navigate: "",
    tag: "",
    lang: "",
    silent: null,
    data: null,
    ...notification,
  };
  return Object.create(properties) as Declared;
}

test("it takes what the browser has read for the message, and changes nothing in what others hand over", async () => {
  const message = makePayload({ data: { card: makeCard() } });
  const { notification } = JSON.parse(message);
  const read = JSON.parse(messageOf({ data: null, notification: declare(message) })!);
  expect(read.notification).toEqual({ ...notification, silent: null });
  expect(messageOf({ data: { text: () => message } })).toBe(message);
  expect(messageOf({ data: null })).toBeNull();
});

test("an alert that the browser declared is kept and reported like any other", async () => {
  const asked = network(() => json(null, 204));
  const declared = declare(makePayload({ data: { card: makeCard() } }));
  const shown: NotificationOptions[] = [];
  const show = async (_title: string, options: NotificationOptions) => void shown.push(options);
  await receivePush(messageOf({ data: null, notification: declared }), showInstead(show, declared), async () => {});
  // A tap goes there without a word to the worker: the page says what that would have said.
  expect(shown).toMatchObject([{ tag: "al1", navigate: "https://site.example/a/a1?alert=al1#receipt=n1" }]);
  expect(await findCard("a1")).toMatchObject({ alert: "al1" });
  expect(asked).toMatchObject([{ path: "/api/v1/alerts/al1/receipts", body: { event: "shown" } }]);
});

test("the nonce of a verification is in no address", async () => {
  network(() => json({ verified: true }));
  const declared = declare(makePayload({ data: { type: "verification", receipt: "secret" } }));
  const shown: NotificationOptions[] = [];
  const show = async (_title: string, options: NotificationOptions) => void shown.push(options);
  await receivePush(messageOf({ data: null, notification: declared }), showInstead(show, declared), async () => {});
  expect(shown).toMatchObject([{ navigate: declared.navigate }]);
});

test.each([
  ["refuses ours", () => Promise.reject(new TypeError("navigate"))],
  ["never says whether it took ours", () => new Promise<void>(() => undefined)],
])("where the browser %s, the declared one is shown and counts", async (_what, show) => {
  const asked = network(() => json({ verified: true }));
  const declared = declare(makePayload({ data: { type: "verification", receipt: "secret" } }));
  const told: object[] = [];
  const tell = async (news: object) => void told.push(news);
  await receivePush(messageOf({ data: null, notification: declared }), showInstead(show, declared), tell);
  expect(asked).toMatchObject([{ path: "/api/v1/device/subscription/verification", body: { nonce: "secret" } }]);
  expect(told).toEqual([{ type: "received", id: "al1", shown: true }, { type: "verified" }]);
});
