/** The browser has changed its subscription, or lost it: put right, as far as that goes without the person. */
import { keepSubscription } from "../alerts/keeping";
import { preference, setPreference } from "../store/preferences";

/** No browser can be relied on to call this; the app looks after it at each opening. */
export async function renewSubscription(
  registration: ServiceWorkerRegistration,
  tell: (news: object) => Promise<void>,
): Promise<void> {
  const device = await preference("device");
  if (device === undefined) return;
  // No key is the one of now: the server is asked for it.
  const state = await keepSubscription({ registration, key: "", known: device.subscription, asked: false });
  if (state === null) return;
  await setPreference("device", { ...device, subscription: state });
  await tell({ type: "renewed" });
}
