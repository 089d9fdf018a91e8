/**
 * Erases everything of this person that is ours: first on the phone, which needs no network, then on the server. The
 * device's cookie, which no script can read, is what proves whose data it is: it goes with the server's answer.
 */
import { findSubscription, isPushSupported } from "../alerts/push";
import { api } from "../api/client";
import { isNoDevice } from "../api/errors";
import { within } from "../app/patience";
import { tellOfErasing } from "../app/other-tabs";
import { app } from "../app/state.svelte";
import { dropAllLinks } from "../campaigns/links";
import { eraseStores, isSomethingLeft } from "../store/erase";
import { dropErasing, noteErasing } from "../store/erasing";

export const ERASE_SYNC = "erase";

/** How long one step on the phone may take, and how long the server is waited for, in ms. */
const STEP = 3000;
const ANSWER = 20_000;
/** How often the server is tried again while the page is open, in ms. */
const AGAIN = 15_000;

export async function eraseEverything(): Promise<void> {
  // From here on it is finished at the next opening, whatever happens to this page.
  await noteErasing().catch(() => undefined);
  forget();
  await erasePhone();
  await eraseServer();
}

/** At an opening: an erasure was begun and the server has not confirmed it. */
export async function resumeErasing(): Promise<void> {
  forget();
  await erasePhone();
  await eraseServer();
}

/** Nothing of it is on the screen or in this page any more. */
function forget(): void {
  app.erased = true;
  app.serverErased = "going";
  app.device = null;
  app.feed = null;
  app.parts = {};
  app.gestures = [];
  for (const held of Object.values(app.unkept)) held.clear();
  tellOfErasing();
}

async function erasePhone(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  // What is kept goes first: the browser may end this page at any moment, or take its time for the rest.
  const steps = [
    eraseStores,
    dropAllLinks,
    () => navigator.clearAppBadge?.(),
    () => closeNotifications(registration),
    () => unsubscribe(registration),
  ];
  for (const step of steps) await within(Promise.resolve().then(step), STEP, undefined);
  app.phoneKeptSome = await isSomethingLeft().catch(() => false);
}

async function closeNotifications(registration: ServiceWorkerRegistration | undefined): Promise<void> {
  for (const shown of (await registration?.getNotifications?.()) ?? []) shown.close();
}

async function unsubscribe(registration: ServiceWorkerRegistration | undefined): Promise<void> {
  if (registration && isPushSupported()) await (await findSubscription(registration))?.unsubscribe();
}

let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks the server to erase, once at a time; tried again until it has answered. */
export function eraseServer(): Promise<void> {
  running ??= askServer().finally(() => (running = null));
  return running;
}

async function askServer(): Promise<void> {
  clearTimeout(timer);
  app.serverErased = "going";
  if (await within(confirmed(), ANSWER, false)) return finishErasing();
  app.serverErased = "waiting";
  tellOfErasing();
  timer = setTimeout(() => void eraseServer(), AGAIN);
  // Where the browser itself comes back to it, the worker is needed for that; nowhere else.
  if (!(await askForSync())) await dropWorker();
}

async function confirmed(): Promise<boolean> {
  try {
    await api.eraseDevice();
    return true;
  } catch (error) {
    // It is not known there: nothing is left to be erased.
    return isNoDevice(error);
  }
}

/** The server has erased, asked by this page or by the worker. */
export async function finishErasing(): Promise<void> {
  clearTimeout(timer);
  for (const step of [dropWorker, eraseStores, dropErasing]) await within(step(), STEP, undefined);
  app.phoneKeptSome = await isSomethingLeft().catch(() => false);
  app.serverErased = "done";
  tellOfErasing();
}

async function askForSync(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
  if (!sync) return false;
  return within(
    sync.register(ERASE_SYNC).then(() => true),
    STEP,
    false,
  );
}

async function dropWorker(): Promise<void> {
  await (await navigator.serviceWorker?.getRegistration())?.unregister();
}
