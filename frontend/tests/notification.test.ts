import { expect, test } from "vitest";

import { bareNotification, neutralNotification, toNotification } from "../src/worker/notification";
import { readPayload } from "../src/worker/payload";
import { makePayload } from "./make";

const read = (changes?: Parameters<typeof makePayload>[0]) => readPayload(makePayload(changes), 0)!;

test("it shows what the payload says", () => {
  const { title, options } = toNotification(read(), false);
  expect(title).toBe("Ça commence");
  expect(options).toMatchObject({
    body: "Tous ensemble jusqu'à 20 h",
    tag: "al1",
    lang: "fr",
    silent: false,
    renotify: true,
  });
  expect(options.data).toEqual({
    navigate: "https://site.example/a/a1?alert=al1",
    id: "al1",
    type: "alert",
    receipt: "n1",
  });
});

test("it does not ring for a repeat", () => {
  expect(toNotification(read(), true).options).toMatchObject({ silent: true, renotify: false, tag: "al1" });
});

test("it does not ring for a message that is to be silent", () => {
  const silent = read({ notification: { silent: true } });
  expect(toNotification(silent, false).options).toMatchObject({ silent: true, renotify: false, tag: "al1" });
  expect(read({ notification: { silent: "yes" } }).silent).toBe(false);
});

test("it takes a type that it does not know for an alert", () => {
  expect(["canary", "test", "later", 7].map((type) => read({ data: { type } }).type)).toEqual([
    "canary",
    "test",
    "alert",
    "alert",
  ]);
});

test("it rings for a correction, which takes the place of the alert it corrects", () => {
  const correction = read({ data: { id: "al2" } });
  expect(toNotification(correction, false).options).toMatchObject({ tag: "al1", renotify: true, silent: false });
});

test("it asks for no second ring without a tag, which Chromium refuses", () => {
  const untagged = toNotification(read({ notification: { tag: "" }, data: { id: "" } }), false);
  expect(untagged.options).not.toHaveProperty("renotify");
  expect(untagged.options).not.toHaveProperty("tag");
});

test.each([null, "", "{", "[]", "null", "7", '{"notification":{}}', '{"notification":{"title":3}}'])(
  "it cannot read %j",
  (message) => {
    expect(readPayload(message, 0)).toBeNull();
  },
);

test("it has a neutral text in the phone's language for what it cannot read", () => {
  expect(neutralNotification("fr", "Agenda").options.body).toBe("Nouveau message. Ouvrez pour le lire.");
  expect(neutralNotification("en", "Agenda").options.body).toBe("New message. Open to read it.");
  expect(neutralNotification("xx", "Agenda").title).toBe("Agenda");
  expect(neutralNotification("xx", undefined).title).toBe("Nouveau message");
});

test("it keeps the tap's target in the barest form", () => {
  const shown = toNotification(read(), false);
  expect(bareNotification(shown).options).toEqual({ body: shown.options.body, data: shown.options.data });
});

test("it takes only sensible samples and expiries", () => {
  expect(read({ data: { sample: "x", expires: "y" } })).toMatchObject({ sample: 1, expires: 24 * 3600 * 1000 });
  expect(read({ data: { sample: 50 } }).sample).toBe(50);
});
