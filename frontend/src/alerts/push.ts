/** The only module that touches PushManager; used by the app and by the service worker. */
import { api } from "../api/client";
import type { SubscriptionInput, SubscriptionState } from "../api/types";
import { dropPreference, preference, setPreference, type Preferences } from "../store/preferences";

type Sent = Preferences["subscriptionSent"];

const DAY = 24 * 3600 * 1000;
/** A verification of which nothing was heard for so long, in ms, is asked for again. */
const UNHEARD = 10 * 60_000;

export function isPushSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

export async function findSubscription(registration: ServiceWorkerRegistration): Promise<PushSubscription | null> {
  return (await registration.pushManager?.getSubscription()) ?? null;
}

/** A new subscription for this key; the one before is given up first. */
export async function subscribeAnew(registration: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  await (await findSubscription(registration))?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: decodeKey(key) });
}

export async function unsubscribe(registration: ServiceWorkerRegistration): Promise<void> {
  await (await findSubscription(registration))?.unsubscribe();
  await dropPreference("subscriptionSent");
  await dropPreference("nonce");
}

/** Sends the subscription to the server, whatever was sent before. A `renewal` is verified without a sound. */
export async function sendSubscription(
  subscription: PushSubscription,
  now: number,
  renewal: boolean,
): Promise<SubscriptionState> {
  const given = describe(subscription);
  const state = await api.putSubscription({ ...given, renewal });
  await setPreference("subscriptionSent", { at: now, digest: await digest(given) });
  return state;
}

/** What the browser and the phone's memory say of the subscription. `unverified`: the server said so last. */
export async function readSubscription(registration: ServiceWorkerRegistration, now: number, unverified = false) {
  const current = await findSubscription(registration);
  const sent = await preference("subscriptionSent");
  const fingerprint = current && (await digest(describe(current)));
  return {
    wasSent: sent !== undefined,
    // A nonce that is here is sent instead: a new one would make it worthless.
    due: fingerprint !== null && isDue(sent, fingerprint, now, unverified && !(await preference("nonce"))),
    current: current && {
      key: keyOf(current),
      expires: current.expirationTime,
      sent: sent !== undefined && sent.digest === fingerprint,
    },
  };
}

/** Whether a subscription is to be sent (again). Times in ms; `unheard`: no verification of it came through. */
export function isDue(sent: Sent | undefined, digest: string, now: number, unheard = false): boolean {
  return sent === undefined || sent.digest !== digest || Math.abs(now - sent.at) >= (unheard ? UNHEARD : DAY);
}

function describe(subscription: PushSubscription): Omit<SubscriptionInput, "renewal"> {
  const { endpoint = "", keys = {} } = subscription.toJSON();
  return {
    endpoint,
    expirationTime: subscription.expirationTime,
    keys: { p256dh: keys["p256dh"] ?? "", auth: keys["auth"] ?? "" },
    application_server_key: keyOf(subscription),
  };
}

function keyOf(subscription: PushSubscription): string {
  const key = subscription.options.applicationServerKey;
  return key ? encodeKey(new Uint8Array(key)) : "";
}

/** The phone remembers which subscription it sent without keeping a second copy of the endpoint. */
async function digest(input: object): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(input));
  return encodeKey(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export function encodeKey(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function decodeKey(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
