/** Erases everything of this person that is ours: on the server, then on the phone. */
import { api } from "./api/client";
import { isNoDevice } from "./api/errors";
import { isPushSupported, unsubscribe } from "./push";
import { app } from "./state.svelte";
import { eraseStores } from "./store/erase";

/** Rejects with nothing erased when the server does not answer: the phone's cookie is what proves whose data it is. */
export async function eraseEverything(): Promise<void> {
  await api.eraseDevice().catch((error: unknown) => {
    if (!isNoDevice(error)) throw error;
  });
  app.erased = true;
  app.device = null;
  app.parts = {};
  app.waiting = new Set();
  for (const step of [dropWorker, eraseStores]) await step().catch(() => undefined);
}

async function dropWorker(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return;
  if (isPushSupported()) await unsubscribe(registration).catch(() => undefined);
  await registration.unregister();
}
