/** Where this phone stands with alerts, from what the browser and the server say. */
import type { SubscriptionState } from "../api/types";

/**
 * "repairing": they were on, and whether they still are is being looked at. "lost": they were on, and the app could not
 * put them right by itself.
 */
export type AlertState =
  "unsupported" | "leave-first" | "install-first" | "denied" | "off" | "lost" | "repairing" | "unverified" | "on";

export interface PushFacts {
  supported: boolean;
  /** An app's own browser, where no alert arrives whatever it claims to support. */
  inApp: boolean;
  /** An iPhone or iPad outside the installed icon, where push exists only inside it. */
  iosBrowser: boolean;
  permission: NotificationPermission;
  subscribed: boolean;
  subscription: SubscriptionState | null;
  /** Alerts were turned on here, and not off again. */
  wanted: boolean;
  /** The app is still trying to put them right. */
  repairing: boolean;
}

export function readAlertState(facts: PushFacts): AlertState {
  if (facts.inApp) return "leave-first";
  if (!facts.supported) return facts.iosBrowser ? "install-first" : "unsupported";
  if (facts.permission === "denied") return "denied";
  if (facts.permission !== "granted") return facts.wanted ? "lost" : "off";
  if (!facts.subscribed || facts.subscription === null) {
    if (!facts.wanted) return "off";
    return facts.repairing ? "repairing" : "lost";
  }
  return facts.subscription.verified ? "on" : "unverified";
}

/** Alerts come, or will in a moment. */
export function areOn(state: AlertState): boolean {
  return state === "on" || state === "unverified" || state === "repairing";
}

/** No tap of this app makes alerts come to this browser: the phone's calendar does what they would. */
export function needCalendar(state: AlertState): boolean {
  return state === "unsupported" || state === "leave-first" || state === "install-first" || state === "denied";
}

export type Offer = "follow" | "kind" | "alerts" | "leave" | "install";

export interface OfferFacts {
  follows: boolean;
  /** Whether it asked for alerts of this kind. */
  wantsKind: boolean;
  alerts: AlertState;
  /** There is a way to the home screen from here, and it was not gone yet. */
  installable: boolean;
  putOff: Record<string, number>;
  now: number;
}

/** An offer that was put off comes back after a week. */
const REST = 7 * 24 * 3600 * 1000;

/**
 * The one thing to offer after a gesture: first to follow, then alerts (of this kind, at all), then the icon. In an
 * app's own browser only the way out: what is agreed to there, the person's own browser would not know.
 */
export function nextOffer({ follows, wantsKind, alerts, installable, putOff, now }: OfferFacts): Offer | null {
  const resting = (offer: Offer) => now - (putOff[offer] ?? -Infinity) < REST;
  if (alerts === "leave-first") return resting("leave") ? null : "leave";
  if (!follows) return resting("follow") ? null : "follow";
  if (!wantsKind && !resting("kind")) return "kind";
  const canTurnOn = alerts === "off" || alerts === "lost" || alerts === "install-first" || alerts === "denied";
  if (canTurnOn && !resting("alerts")) return "alerts";
  if (installable && !resting("install")) return "install";
  return null;
}
