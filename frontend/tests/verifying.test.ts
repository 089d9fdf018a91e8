import { afterEach, beforeEach, expect, test, vi } from "vitest";

// Fetched once before the first test, which is not to wait for that.
import "../src/alerts/verifying";
import type { Device } from "../src/api/types";
import { MemoryLocks } from "./memory-locks";
import { json, makeDevice, network, type Asked } from "./network";
import { onThePhone, openPage } from "./page";

const MINUTE = 60_000;
const SUBSCRIPTION = { verified: false, key_current: true };
const PATH = "/api/v1/device/subscription/verification";

const nothing = async () => undefined;
const crowd = () => json({ code: "throttled", detail: "" }, 429, { "retry-after": "60" });
const sentTo = (asked: Asked[]) => asked.filter(({ path }) => path === PATH).map(({ body }) => body);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], shouldAdvanceTime: true });
  vi.stubGlobal("navigator", {
    language: "fr-FR",
    languages: ["fr-FR"],
    locks: new MemoryLocks(),
    serviceWorker: { getRegistration: async () => undefined },
  });
  vi.stubGlobal("document", { visibilityState: "visible", querySelector: () => null });
  vi.stubGlobal("window", {});
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});
afterEach(() => void vi.useRealTimers());

/** A page, and the worker's module beside it, each with a memory of its own over the phone's. */
async function open() {
  const page = await openPage();
  const [nonces, verifying] = await Promise.all([import("../src/store/nonce"), import("../src/alerts/verifying")]);
  page.app.device = makeDevice({ subscription: SUBSCRIPTION }) as Device;
  await page.setPreference("device", page.app.device);
  return { ...page, ...nonces, ...verifying };
}

/** The server of a phone that it has verified, or not yet. */
function server(answer: () => Response) {
  return network(({ path }) => {
    if (path === PATH) return answer();
    if (path.endsWith("/participations"))
      return json([{ action: "a1", stage: "joined", gathering: null, counted: true }]);
    return json(makeDevice({ subscription: { ...SUBSCRIPTION, verified: true } }));
  });
}

test("what the worker could not bring through goes with the next opening, and the part counts", async () => {
  const page = await open();
  await page.keepNonce("secret", Date.now() - MINUTE, Date.now() - 1);
  const asked = server(() => json({ verified: true }));

  await page.sendKeptNonce();

  expect(sentTo(asked)).toEqual([{ nonce: "secret" }]);
  expect(page.app.device?.subscription?.verified).toBe(true);
  expect(page.app.parts["a1"]?.counted).toBe(true);
  expect(await page.keptNonce(Date.now())).toBeNull();
});

test("while it is not its turn it waits, and the page that is looked at sends it then", async () => {
  const page = await open();
  await page.keepNonce("secret", Date.now(), Date.now() + MINUTE);
  const answers = [crowd, () => json({ verified: true })];
  const asked = server(() => answers.shift()!());

  await page.sendKeptNonce();
  expect(sentTo(asked)).toEqual([]);

  await vi.advanceTimersByTimeAsync(MINUTE + 6000);
  await vi.waitFor(() => expect(sentTo(asked)).toHaveLength(1));
  expect(await page.keptNonce(Date.now())).toMatchObject({ nonce: "secret" });

  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.app.device?.subscription?.verified).toBe(true);
  });
  expect(sentTo(asked)).toHaveLength(2);
});

test("two tabs send it once", async () => {
  const [one, other] = [await open(), await open()];
  await one.keepNonce("secret", Date.now(), Date.now() - 1);
  const asked = server(() => json({ verified: true }));
  await Promise.all([one.sendKeptNonce(), other.sendKeptNonce()]);
  expect(sentTo(asked)).toHaveLength(1);
});

test("turning alerts off, and another phone that takes over, leave nothing of it", async () => {
  const page = await open();
  const [{ unsubscribe }, { leave }] = await Promise.all([
    import("../src/alerts/push"),
    import("../src/transfer/leaving"),
  ]);
  await page.keepNonce("secret", Date.now(), Date.now());
  await unsubscribe({} as ServiceWorkerRegistration);
  expect(await page.keptNonce(Date.now())).toBeNull();
  await page.keepNonce("secret", Date.now(), Date.now());
  await leave();
  expect(await page.keptNonce(Date.now())).toBeNull();
});

/** A worker that has to wait, as after a push in a crowd. */
async function waitingWorker(isSubscribed = async () => true) {
  vi.resetModules();
  const { verify } = await import("../src/worker/verify");
  await verify("secret", { tell: nothing, comeBack: nothing, isSubscribed });
}

test("a phone that keeps nothing keeps no nonce, also while the worker waits", async () => {
  const page = await open();
  const asked = server(crowd);
  void waitingWorker();
  await vi.waitFor(async () => expect((await onThePhone())["preferences"]).toContain("nonce"));
  await vi.waitFor(() => expect(sentTo(asked)).toHaveLength(1));

  await page.startKeepingNothing();
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  await vi.waitFor(() => expect(sentTo(asked).length).toBeGreaterThan(1));

  expect(await onThePhone()).toEqual({ preferences: ["keepNothing"] });
});

test("after everything is erased the worker that waited brings nothing back", async () => {
  const page = await open();
  let subscribed = true;
  const asked = network(({ path, method }) => {
    if (path === PATH) return crowd();
    return method === "DELETE" ? json(null, 204) : json(makeDevice());
  });
  const done = waitingWorker(async () => subscribed);
  await vi.waitFor(async () => expect((await onThePhone())["preferences"]).toContain("nonce"));
  await vi.waitFor(() => expect(sentTo(asked)).toHaveLength(1));

  await page.eraseEverything();
  subscribed = false;
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  await done;

  expect(sentTo(asked)).toHaveLength(1);
  expect([await indexedDB.databases(), await caches.keys()]).toEqual([[], []]);
});
