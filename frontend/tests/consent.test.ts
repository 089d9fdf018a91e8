/** What is recorded as agreed to is the text that was shown. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { CONSENT_TEXTS, CONSENT_VERSION } from "../src/alerts/consent";
import { follow } from "../src/alerts/following";
import type { Config, Device } from "../src/api/types";
import { loadNewest } from "../src/install/newest";
import { app } from "../src/app/state.svelte";
import { refusalCode, refusalText } from "../src/words/refusals";
import { keepDevice } from "../src/settings/device";
import { json, makeDevice, network } from "./network";

const HOW =
  "Has its meaning changed? Then one more for CONSENT_VERSION, in src/alerts/consent.ts and in mobilise/settings.py. " +
  "In any case the new digest into CONSENT_TEXTS.";

test("no text of the agreement changes without a look at its number", () => {
  // A language that is added is one file: its text is held too once its digest is noted.
  const shown = Object.keys(CONSENT_TEXTS).map((language) => {
    const file = readFileSync(new URL(`../messages/${language}.json`, import.meta.url), "utf8");
    const { consent } = JSON.parse(file) as { consent: string };
    return [language, createHash("sha256").update(consent).digest("hex")];
  });
  expect(Object.fromEntries(shown), HOW).toEqual(CONSENT_TEXTS);
});

test("an agreement is to the text that this build shows, whatever the server has by now", async () => {
  app.device = await keepDevice(makeDevice() as unknown as Device);
  app.config = { consent_version: CONSENT_VERSION + 1 } as Config;
  const log = network(() => json({ code: "consent_outdated", detail: "" }, 409));

  const refused = await follow("c1", ["rally_call"], null).catch((error: unknown) => error);

  const body = { kinds: ["rally_call"], consent_version: CONSENT_VERSION };
  expect(log).toMatchObject([{ method: "PUT", path: "/api/v1/campaigns/c1/follow", body }]);
  expect(refusalText(refusalCode(refused))).toBe("consent_outdated");
  expect(app.device.follows).toEqual([]);
});

// ---- then the new build is loaded

const steps: string[] = [];

class Worker extends EventTarget {
  state = "installing";

  become(state: string): void {
    steps.push((this.state = state));
    this.dispatchEvent(new Event("statechange"));
  }
}

function browser(serviceWorker: object | undefined): void {
  steps.length = 0;
  vi.stubGlobal("navigator", { language: "fr-FR", languages: ["fr-FR"], serviceWorker });
}

beforeEach(() => vi.stubGlobal("location", { origin: location.origin, reload: () => steps.push("loaded anew") }));
afterEach(() => browser(undefined));

test("the page is loaded anew once the new build's worker has taken over", async () => {
  const installing = new Worker();
  browser({ getRegistration: async () => ({ update: async () => void steps.push("update"), installing }) });

  const done = loadNewest();
  await vi.waitFor(() => expect(steps).toEqual(["update"]));
  installing.become("installed");
  installing.become("activating");
  await done;

  expect(steps).toEqual(["update", "installed", "activating", "loaded anew"]);
});

test.each([
  ["there is no worker", undefined],
  ["none is registered", { getRegistration: async () => undefined }],
  ["there is no newer one", { getRegistration: async () => ({ update: async () => undefined }) }],
  ["the server does not answer", { getRegistration: async () => ({ update: () => Promise.reject(new Error()) }) }],
])("it is loaded anew, once, where %s", async (_, serviceWorker) => {
  browser(serviceWorker);
  await loadNewest();
  expect(steps).toEqual(["loaded anew"]);
});
