/** Where this phone stands with alerts, from what the browser and the server say. */
import type { SubscriptionState } from "./api/types";

export type AlertState = "unsupported" | "install-first" | "denied" | "off" | "unverified" | "on";

export interface PushFacts {
  supported: boolean;
  /** An iPhone or iPad outside the installed icon, where push exists only inside it. */
  iosBrowser: boolean;
  permission: NotificationPermission;
  subscribed: boolean;
  subscription: SubscriptionState | null;
}

export function readAlertState(facts: PushFacts): AlertState {
  if (!facts.supported) return facts.iosBrowser ? "install-first" : "unsupported";
  if (facts.permission === "denied") return "denied";
  if (facts.permission !== "granted" || !facts.subscribed || facts.subscription === null) return "off";
  return facts.subscription.verified ? "on" : "unverified";
}

export type Offer = "follow" | "alerts" | "install";

export interface OfferFacts {
  follows: boolean;
  alerts: AlertState;
  installable: boolean;
  putOff: Record<string, number>;
  now: number;
}

/** An offer that was put off comes back after a week. */
const REST = 7 * 24 * 3600 * 1000;

/** The one thing to offer after a gesture: first to follow, then alerts, then the icon. */
export function nextOffer({ follows, alerts, installable, putOff, now }: OfferFacts): Offer | null {
  const resting = (offer: Offer) => now - (putOff[offer] ?? -Infinity) < REST;
  if (!follows) return resting("follow") ? null : "follow";
  const canTurnOn = alerts === "off" || alerts === "install-first" || alerts === "denied";
  if (canTurnOn && !resting("alerts")) return "alerts";
  if (installable && !resting("install")) return "install";
  return null;
}
