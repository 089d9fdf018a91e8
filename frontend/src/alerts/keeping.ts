/** Puts the subscription right: in the app whenever it opens or comes back, and in the service worker. */
import { api } from "../api/client";
import { ApiError } from "../api/errors";
import type { SubscriptionState } from "../api/types";
import { exclusively } from "../store/exclusively";
import { preference } from "../store/preferences";
import { findSubscription, readSubscription, sendSubscription, subscribeAnew, unsubscribe } from "./push";
import { chooseRepair, type Repair } from "./repair";

export interface Keeping {
  registration: ServiceWorkerRegistration;
  /** The key to begin with; before anything is given up the server is asked for the one of now. */
  key: string;
  /** What the server was last known to have. */
  known: SubscriptionState | null;
  /** Somebody has just asked for alerts on this phone. */
  asked: boolean;
}

/** The state that the server is in after it; null when nothing was to be done, or nothing can be without a gesture. */
export function keepSubscription(keeping: Keeping): Promise<SubscriptionState | null> {
  // One tab at a time: the second one finds that all is well.
  return exclusively("subscription", async () => {
    const repair = await choose(keeping, keeping.key, keeping.known);
    if (repair === "renew") return renew(keeping);
    if (repair !== "send") return null;
    try {
      return await send(keeping);
    } catch (error) {
      // The browser made the endpoint of another one its own again: nobody has a new one.
      if (error instanceof ApiError && error.code === "endpoint_taken") return replace(keeping, keeping.key);
      throw error;
    }
  });
}

/** Alerts are not wanted here any more: said to the server first, as the browser's part can always be done. */
export function giveUpSubscription(registration: ServiceWorkerRegistration): Promise<void> {
  return exclusively("subscription", async () => {
    await api.deleteSubscription();
    await unsubscribe(registration);
  });
}

/** Alerts were turned on here, and not off again. */
export async function wantsAlerts(known: SubscriptionState | null): Promise<boolean> {
  return known !== null || (await preference("subscriptionSent")) !== undefined;
}

async function choose(keeping: Keeping, key: string, known: SubscriptionState | null): Promise<Repair> {
  const now = Date.now();
  const { wasSent, due, current } = await readSubscription(keeping.registration, now, known?.verified === false);
  return chooseRepair({
    permission: Notification.permission,
    wanted: keeping.asked || wasSent || known !== null || current !== null,
    current,
    key,
    known: known !== null,
    due: due || keeping.asked,
    now,
  });
}

/** Looks again with what the server says now: another tab may have been quicker, and a kept answer's key is old. */
async function renew(keeping: Keeping): Promise<SubscriptionState | null> {
  const [{ data: config }, device] = await Promise.all([api.config(), api.device()]);
  const repair = await choose(keeping, config.vapid_public_key, device.subscription);
  if (repair === "renew") return replace(keeping, config.vapid_public_key);
  return repair === "send" ? send(keeping) : device.subscription;
}

async function replace({ registration, asked }: Keeping, key: string): Promise<SubscriptionState> {
  return sendSubscription(await subscribeAnew(registration, key), Date.now(), !asked);
}

async function send({ registration, asked }: Keeping): Promise<SubscriptionState | null> {
  const current = await findSubscription(registration);
  return current && sendSubscription(current, Date.now(), !asked);
}
