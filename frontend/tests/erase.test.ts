import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { makePayload } from "./make";
import { away, json, network } from "./network";
import { onThePhone, openPage } from "./page";

interface Browser {
  steps: string[];
  registration: object | undefined;
  syncs: string[];
}

/** The parts of a browser that erasing touches, and the order in which it does. */
function browser({ sync = false } = {}): Browser {
  const made: Browser = { steps: [], registration: undefined, syncs: [] };
  const note = (step: string) => async () => void made.steps.push(step);
  made.registration = {
    getNotifications: async () => [{ close: note("notification closed") }],
    pushManager: { getSubscription: async () => ({ unsubscribe: note("unsubscribed") }) },
    unregister: async () => {
      made.steps.push("worker gone");
      made.registration = undefined;
    },
    ...(sync ? { sync: { register: async (tag: string) => void made.syncs.push(tag) } } : {}),
  };
  vi.stubGlobal("navigator", {
    language: "fr-FR",
    languages: ["fr-FR"],
    clearAppBadge: note("badge cleared"),
    serviceWorker: { getRegistration: async () => made.registration },
  });
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", class {});
  return made;
}

const gone = async () => [await onThePhone(), await caches.keys()];

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true }));
afterEach(() => {
  vi.useRealTimers();
  vi.stubGlobal("navigator", { language: "fr-FR", languages: ["fr-FR", "en"] });
});

async function usedPage() {
  const page = await openPage();
  await page.setPreference("language", "fr");
  await page.keepDraft({
    action: "a1",
    words: "Mes mots",
    question: 0,
    network: "x",
    door: "write" as const,
    opened: null,
    done: [],
  });
  // Of the build that runs, and of the one before.
  for (const name of ["shell-1", "shell-2", "answers"]) await caches.open(name);
  return page;
}

test("it erases the phone, then the server, then lets the worker go", async () => {
  const { steps } = browser();
  const page = await usedPage();
  network(({ method, path }) => {
    steps.push(`${method} ${path}`);
    return json(null, 204);
  });

  await page.eraseEverything();

  expect(steps).toEqual([
    "badge cleared",
    "notification closed",
    "unsubscribed",
    "DELETE /api/v1/device",
    "worker gone",
  ]);
  expect(page.app).toMatchObject({ erased: true, serverErased: "done", phoneKeptSome: false, device: null });
  expect(await gone()).toEqual([{}, []]);
});

test("nothing that the page is still busy with comes back after it", async () => {
  browser();
  const page = await usedPage();
  network(() => json(null, 204));
  await page.eraseEverything();

  await expect(page.setPreference("language", "fr")).rejects.toThrow("erased");
  await expect(page.noteAlert("al1", 1)).rejects.toThrow("erased");

  expect(await gone()).toEqual([{}, []]);
});

test("without network the phone is erased, and one fact is left", async () => {
  const { steps } = browser();
  const page = await usedPage();
  network(away);

  await page.eraseEverything();

  expect(page.app).toMatchObject({ erased: true, serverErased: "waiting", phoneKeptSome: false });
  expect(steps.at(-1)).toBe("worker gone");
  expect(await gone()).toEqual([{}, ["erase-on-server"]]);
});

test("the page asks again by itself until the server has answered", async () => {
  browser();
  const page = await usedPage();
  network(away);
  await page.eraseEverything();
  network(() => json({ code: "throttled" }, 429));
  await page.eraseServer();
  expect(page.app.serverErased).toBe("waiting");

  const log = network(() => json(null, 204));
  await vi.advanceTimersByTimeAsync(20_000);
  await vi.waitFor(() => expect(page.app.serverErased).toBe("done"));

  expect(log).toHaveLength(1);
  expect(await gone()).toEqual([{}, []]);
});

test("the next opening finishes it, whatever else it might do", async () => {
  browser();
  network(away);
  await (await usedPage()).eraseEverything();

  const next = await openPage();
  expect(await next.isErasing()).toBe(true);
  await expect(next.preference("language")).rejects.toThrow("erased");
  const log = network(() => json(null, 204));
  await next.resumeErasing();

  expect(log.map(({ method, path }) => `${method} ${path}`)).toEqual(["DELETE /api/v1/device"]);
  expect(next.app.serverErased).toBe("done");
  expect(await gone()).toEqual([{}, []]);
});

test("a page that was killed in the middle is finished by the next one", async () => {
  browser();
  const page = await usedPage();
  await page.noteErasing();
  await page.closeDatabase();

  network(() => json(null, 204));
  await (await openPage()).resumeErasing();

  expect(await gone()).toEqual([{}, []]);
});

test("what is kept is gone before the browser is asked for anything that may take long", async () => {
  const left: unknown[] = [];
  const made = browser();
  Object.assign(made.registration!, { getNotifications: async () => (left.push(...(await gone())), []) });
  const page = await usedPage();
  network(() => json(null, 204));

  await page.eraseEverything();

  expect(left).toEqual([{}, ["erase-on-server"]]);
});

test("the worker that finishes it leaves nothing that a killed page had left", async () => {
  const made = browser({ sync: true });
  const page = await usedPage();
  await page.noteErasing();
  await page.closeDatabase();
  expect(Object.keys(await onThePhone())).toEqual(["drafts", "preferences"]);

  network(() => json(null, 204));
  await (await openPage()).eraseInBackground(made.registration as never, async () => undefined);

  expect(await gone()).toEqual([{}, []]);
});

test("the server does not know the phone any more: then it is done", async () => {
  browser();
  const page = await usedPage();
  network(() => json({ code: "no_device" }, 401));
  await page.eraseEverything();
  expect(page.app.serverErased).toBe("done");
});

test("where the browser comes back to it by itself, the worker stays for that alone", async () => {
  const made = browser({ sync: true });
  const page = await usedPage();
  network(away);
  await page.eraseEverything();
  expect(made.syncs).toEqual(["erase"]);
  expect(made.registration).toBeDefined();
  expect(await gone()).toEqual([{}, ["erase-on-server"]]);

  const worker = await openPage();
  const told: object[] = [];
  await expect(worker.eraseInBackground(made.registration as never, async () => undefined)).rejects.toThrow();
  expect(await worker.isErasing()).toBe(true);
  const log = network(() => json(null, 204));
  await worker.eraseInBackground(made.registration as never, async (news) => void told.push(news));

  expect(log).toMatchObject([{ method: "DELETE", path: "/api/v1/device" }]);
  expect(told).toEqual([{ type: "erased" }]);
  expect(made.registration).toBeUndefined();
  expect(await gone()).toEqual([{}, []]);
});

test("until then that worker keeps nothing of what comes, and wants no more of it", async () => {
  const made = browser({ sync: true });
  network(away);
  await (await usedPage()).eraseEverything();
  const worker = await openPage();
  made.steps.length = 0;

  await worker.refusePush(made.registration as never);
  await worker.receivePush(
    makePayload(),
    async () => undefined,
    async () => undefined,
  );

  expect(made.steps).toEqual(["unsubscribed"]);
  expect(await gone()).toEqual([{}, ["erase-on-server"]]);
});

test("it says so when the browser does not let go of everything", async () => {
  browser();
  const page = await usedPage();
  network(() => json(null, 204));
  caches.delete = async (name) => name === "answers" && false;
  await page.eraseEverything();
  expect(page.app.phoneKeptSome).toBe(true);
});
