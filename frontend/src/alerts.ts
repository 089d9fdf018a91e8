/** Turning alerts on and off on this phone. */
import { readAlertState } from "./alert-state";
import { api } from "./api/client";
import type { Kind, SubscriptionState } from "./api/types";
import { ensureDevice, keepDevice, refreshDevice, withDevice } from "./device";
import { findSubscription, isPushSupported, keepSubscription, sendSubscription, subscribe, unsubscribe } from "./push";
import { app } from "./state.svelte";

/** Asks the browser's permission; call it straight from a tap. Resolves with the state that is reached. */
export async function turnAlertsOn(): Promise<void> {
  const permission = await Notification.requestPermission();
  if (permission === "granted") {
    const [registration, config] = [await navigator.serviceWorker.ready, app.config ?? (await api.config()).data];
    app.device = await ensureDevice();
    const subscription = await subscribe(registration, config.vapid_public_key);
    await noteSubscription(await withDevice(() => sendSubscription(subscription, Date.now())));
    void awaitVerification();
  }
  await readAlerts();
}

export async function turnAlertsOff(): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  await api.deleteSubscription();
  await unsubscribe(registration);
  await noteSubscription(null);
  await readAlerts();
}

/** Sends the verification alert again. */
export async function resendVerification(): Promise<void> {
  const subscription = await findSubscription(await navigator.serviceWorker.ready);
  if (subscription) await noteSubscription(await withDevice(() => sendSubscription(subscription, Date.now())));
  await awaitVerification();
}

/** Follows a campaign with the consent given for these kinds. */
export async function follow(slug: string, kinds: Kind[], invitation: string | null): Promise<void> {
  const config = app.config ?? (await api.config()).data;
  const given = await withDevice(() => api.follow(slug, kinds, config.consent_version, invitation ?? undefined));
  const device = app.device ?? (await ensureDevice());
  const others = device.follows.filter((each) => each.campaign !== slug);
  app.device = await keepDevice({ ...device, follows: [...others, given] });
}

export async function unfollow(slug: string): Promise<void> {
  await api.unfollow(slug);
  const device = app.device ?? (await ensureDevice());
  app.device = await keepDevice({ ...device, follows: device.follows.filter((each) => each.campaign !== slug) });
}

/** Once at start and whenever the app comes back: the subscription is sent when it is due. */
export async function keepAlerts(): Promise<void> {
  if (app.device !== null && app.config !== null && isPushSupported() && Notification.permission === "granted") {
    const registration = await navigator.serviceWorker.ready;
    const state = await keepSubscription(registration, app.config.vapid_public_key, Date.now());
    if (state) await noteSubscription(state);
  }
  await readAlerts();
}

/** Asks the server what it knows, then reads where this phone stands. */
export async function refreshAlerts(): Promise<void> {
  app.device = await refreshDevice();
  await readAlerts();
}

export async function readAlerts(): Promise<void> {
  const supported = isPushSupported();
  const registration = supported ? await navigator.serviceWorker.getRegistration() : undefined;
  app.alerts = readAlertState({
    supported,
    iosBrowser: /iPhone|iPad|iPod/.test(navigator.userAgent) && !isInstalled(),
    permission: supported ? Notification.permission : "default",
    subscribed: registration ? (await findSubscription(registration)) !== null : false,
    subscription: app.device?.subscription ?? null,
  });
}

export function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches;
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
}
