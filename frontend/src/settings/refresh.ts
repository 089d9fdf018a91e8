/** Asking the server what it knows of this browser. */
import { findSubscription } from "../alerts/push";
import { api } from "../api/client";
import { isNoDevice } from "../api/errors";
import type { Device } from "../api/types";
import { keepsNothing } from "../store/keeping";
import { dropPreference, preference } from "../store/preferences";
import { keepDevice, wasTakenOver } from "./device";

/**
 * The device as the server has it now; null when there is none. Asks only where there may be one: an iPhone can
 * lose its memory and keep the cookie, and then the subscription tells.
 */
export async function refreshDevice(): Promise<Device | null> {
  const likely = (await preference("device")) !== undefined || (await keepsNothing()) || (await isSubscribed());
  if (!likely) return null;
  try {
    return await keepDevice(await api.device());
  } catch (error) {
    if (!isNoDevice(error)) throw error;
    // What is left here of it goes with all the rest (src/transfer/leaving.ts).
    if (!(await wasTakenOver())) await dropPreference("device");
    return null;
  }
}

async function isSubscribed(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return registration !== undefined && (await findSubscription(registration)) !== null;
}
