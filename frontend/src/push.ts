/** The only module that touches PushManager; used by the app and by the service worker. */
import { api } from "./api/client";
import type { SubscriptionInput, SubscriptionState } from "./api/types";
import { dropPreference, preference, setPreference } from "./store/preferences";

const DAY = 24 * 3600 * 1000;

export function isPushSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

export async function findSubscription(registration: ServiceWorkerRegistration): Promise<PushSubscription | null> {
  return (await registration.pushManager?.getSubscription()) ?? null;
}

/** A subscription for this key; one that was made for another key is given up first. */
export async function subscribe(registration: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const current = await findSubscription(registration);
  if (current && keyOf(current) === key) return current;
  await current?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: decodeKey(key) });
}

export async function unsubscribe(registration: ServiceWorkerRegistration): Promise<void> {
  await (await findSubscription(registration))?.unsubscribe();
  await dropPreference("subscriptionSent");
}

/** Sends the subscription to the server, whatever was sent before. */
export async function sendSubscription(subscription: PushSubscription, now: number): Promise<SubscriptionState> {
  const input = describe(subscription);
  const state = await api.putSubscription(input);
  await setPreference("subscriptionSent", { at: now, digest: await digest(input) });
  return state;
}

/** Sends it when it changed, else once a day; renews it for a new key. Null when nothing was to be done. */
export async function keepSubscription(
  registration: ServiceWorkerRegistration,
  key: string,
  now: number,
): Promise<SubscriptionState | null> {
  const current = await findSubscription(registration);
  if (current === null) return null;
  const subscription = await subscribe(registration, key);
  const sent = await preference("subscriptionSent");
  if (!isDue(sent, await digest(describe(subscription)), now)) return null;
  return sendSubscription(subscription, now);
}

/** Whether a subscription is to be sent (again). Times in ms. */
export function isDue(sent: { at: number; digest: string } | undefined, digest: string, now: number): boolean {
  return sent === undefined || sent.digest !== digest || Math.abs(now - sent.at) >= DAY;
}

function describe(subscription: PushSubscription): SubscriptionInput {
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
async function digest(input: SubscriptionInput): Promise<string> {
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
