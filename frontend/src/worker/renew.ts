/** The browser has changed its subscription: tell the server, as far as that can be done. */
import { api } from "../api/client";
import { sendSubscription, subscribe } from "../push";
import { preference } from "../store/preferences";

/** Rarely called by any browser; the app sends its subscription again by itself. */
export async function renewSubscription(
  registration: ServiceWorkerRegistration,
  fresh: PushSubscription | null,
): Promise<void> {
  if ((await preference("device")) === undefined) return;
  const subscription = fresh ?? (await subscribe(registration, (await api.config()).data.vapid_public_key));
  await sendSubscription(subscription, Date.now());
}
