/** The server's part of an erasure that was made without network, when the browser has found one again. */
import { findSubscription } from "../alerts/push";
import { api } from "../api/client";
import { isNoDevice } from "../api/errors";
import { eraseStores } from "../store/erase";
import { dropErasing } from "../store/erasing";

/** Rejects while the server has not answered: then the browser comes back to it by itself, a few times. */
export async function eraseInBackground(
  registration: ServiceWorkerRegistration,
  tell: (news: object) => Promise<void>,
): Promise<void> {
  await api.eraseDevice().catch((error: unknown) => {
    if (!isNoDevice(error)) throw error;
  });
  await tell({ type: "erased" });
  // The page may have been ended in the middle: the fact that it was begun goes when nothing else is left.
  await eraseStores();
  await dropErasing();
  await registration.unregister();
}

/** A message to somebody who has erased everything: nothing is shown, and no other comes. */
export async function refusePush(registration: ServiceWorkerRegistration): Promise<void> {
  await (await findSubscription(registration))?.unsubscribe();
}
