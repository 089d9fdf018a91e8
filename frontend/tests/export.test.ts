import { expect, test } from "vitest";

import { consentState } from "../src/alerts/consent";
import type { Config, Device, Follow } from "../src/api/types";
import { away, json, makeDevice, network } from "./network";
import { openPage, type OpenPage } from "./page";

const SERVER = { site: "Mobilise", about: "À vous.", kept: { device: [{ language: "fr" }] }, left_out: [] };

async function read(page: OpenPage) {
  const file = await page.makeExport("mes-donnees.json", "Ce téléphone.");
  return { file, content: JSON.parse(await file.text()) };
}

test("it joins what the server and what only the phone has", async () => {
  const page = await openPage();
  await page.setPreference("device", makeDevice() as Device);
  await page.setPreference("subscriptionSent", { at: 1, digest: "fingerprint" });
  await page.setPreference("nonce", { nonce: "secret", until: 1, notBefore: 1 });
  await page.setPreference("links", { key: "amis" });
  await page.keepDraft({
    action: "a1",
    words: "Mes mots",
    question: 0,
    network: "x",
    door: "write" as const,
    opened: null,
    done: [],
  });
  await page.enqueue({ kind: "part", action: "a2", input: { stage: "joined" } });
  await page.keepAnswer({ asked: "feed", data: { live: [] }, at: "2026-11-28T10:00:00Z", closed: null });
  await caches.open("shell-1");
  network(() => json(SERVER));

  const { file, content } = await read(page);

  expect(file.name).toBe("mes-donnees.json");
  expect(content.server).toEqual(SERVER);
  expect(content.phone).toMatchObject({
    about: "Ce téléphone.",
    drafts: [{ words: "Mes mots" }],
    gestures: [{ action: "a2" }],
    preferences: { links: { key: "amis" } },
    answers: [{ asked: "feed", at: "2026-11-28T10:00:00Z" }],
  });
  expect(JSON.stringify(content)).not.toMatch(/fingerprint|secret/);
});

test("no store of the phone is forgotten", async () => {
  const page = await openPage();
  network(() => json(SERVER));
  const stores = [...(await page.phoneDatabase()).objectStoreNames];
  expect(Object.keys((await read(page)).content.phone)).toEqual(expect.arrayContaining(stores));
});

test("a browser that the server never noted gets what the phone has", async () => {
  const page = await openPage();
  network(() => json({ code: "no_device" }, 401));
  expect((await read(page)).content.server).toBeNull();
});

test("without network there is no half of it", async () => {
  network(away);
  await expect(read(await openPage())).rejects.toThrow("no answer");
});

test.each([
  [3, "current"],
  [2, "older"],
  [1, "stopped"],
])("an agreement to version %s is %s when 3 is shown and 2 still covers alerts", (version, state) => {
  const config = { consent_version: 3, consent_valid_from: 2 } as Config;
  expect(consentState({ consent_version: version } as Follow, config)).toBe(state);
  expect(consentState({ consent_version: version } as Follow, null)).toBe("current");
});
