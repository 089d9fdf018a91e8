/** Turning alerts on and off on this phone. */
import { readAlertState } from "./alert-state";
import { api } from "../api/client";
import type { SubscriptionState } from "../api/types";
import { ensureDevice, keepDevice, withDevice } from "../settings/device";
import { refreshDevice } from "../settings/refresh";
import { giveUpSubscription, keepSubscription, wantsAlerts } from "./keeping";
import { findSubscription, isPushSupported } from "./push";
import { within } from "../app/patience";
import { guideFor } from "../install/guide";
import { whereAmI } from "../install/place";
import { app } from "../app/state.svelte";
import { preference } from "../store/preferences";

/** How long a worker that is being installed is waited for, in ms. */
const WORKER_TIME = 10_000;

/** The app has looked after the subscription since it was opened. */
let looked = false;

/** Asks the browser's permission; call it straight from a tap. Resolves with the state that is reached. */
export async function turnAlertsOn(): Promise<void> {
  const permission = await Notification.requestPermission();
  if (permission === "granted") {
    app.device = await ensureDevice();
    await withDevice(() => keep(true));
  }
  await readAlerts();
}

export async function turnAlertsOff(): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  await giveUpSubscription(registration);
  await noteSubscription(null);
  await readAlerts();
}

/** Sends the verification alert again. */
export async function resendVerification(): Promise<void> {
  await withDevice(() => keep(true));
}

/**
 * At each opening and whenever the app comes back: what the browser or the server lost is put right. The state says so
 * when that takes a tap.
 */
export async function keepAlerts(): Promise<void> {
  if (app.device !== null && isPushSupported()) {
    await sendWaitingNonce();
    await keep(false).catch(() => undefined);
  }
  looked = true;
  await readAlerts();
}

/** What the server had no time for, in a crowd. */
async function sendWaitingNonce(): Promise<void> {
  try {
    if (await preference("nonce")) await (await import("./verifying")).sendKeptNonce();
  } catch {
    // The next opening goes on.
  }
}

/** `asked`: by a tap, just now. */
async function keep(asked: boolean): Promise<void> {
  const registration = await within(navigator.serviceWorker.ready, WORKER_TIME, undefined);
  if (!registration) throw new Error("no service worker");
  const key = (app.config ?? (await api.config()).data).vapid_public_key;
  const state = await keepSubscription({ registration, key, known: app.device?.subscription ?? null, asked });
  if (state === null) return;
  await noteSubscription(state);
  if (!state.verified) void awaitVerification();
}

/** Asks the server what it knows, then reads where this phone stands. */
export async function refreshAlerts(): Promise<void> {
  app.device = await refreshDevice();
  await readAlerts();
}

export async function readAlerts(): Promise<void> {
  const supported = isPushSupported();
  const place = whereAmI();
  const guide = guideFor(place, false);
  const registration = supported ? await navigator.serviceWorker.getRegistration() : undefined;
  app.alerts = readAlertState({
    supported,
    inApp: place.app !== null,
    iosBrowser: guide === "safari" || guide === "ios",
    permission: supported ? Notification.permission : "default",
    subscribed: registration ? (await findSubscription(registration)) !== null : false,
    subscription: app.device?.subscription ?? null,
    wanted: app.device !== null && (await wantsAlerts(app.device.subscription).catch(() => false)),
    repairing: !looked,
  });
}

async function noteSubscription(subscription: SubscriptionState | null): Promise<void> {
  const device = app.device ?? (await ensureDevice());
  app.device = await keepDevice({ ...device, subscription });
}

/** The worker says when the nonce went back; this is for when it could not say so. Waits in ms. */
async function awaitVerification(): Promise<void> {
  for (const pause of [2000, 5000, 15_000, 40_000]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (app.alerts === "on" || app.device === null || app.erased) return;
    await refreshAlerts().catch(() => undefined);
  }
  await sendWaitingNonce();
}
