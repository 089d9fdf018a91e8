/** This browser as the server knows it: made at the first gesture that needs it, never by looking. */
import { api } from "./api/client";
import { isNoDevice } from "./api/errors";
import type { Device } from "./api/types";
import { chooseLanguage, languages } from "./language";
import { findSubscription } from "./push";
import { dropPreference, preference, setPreference } from "./store/preferences";
import { phoneZone } from "./time/format";

/** The device, made now if there is none. Two tabs at once make one. */
export async function ensureDevice(): Promise<Device> {
  return exclusively("device", async () => {
    const known = await preference("device");
    if (known) return known;
    const language = (await preference("language")) ?? chooseLanguage(navigator.languages, languages());
    return keepDevice(await api.makeDevice(language, phoneZone()));
  });
}

/** Runs a call that needs a device. A cookie that was lost is made up for once. */
export async function withDevice<T>(call: () => Promise<T>): Promise<T> {
  await ensureDevice();
  try {
    return await call();
  } catch (error) {
    if (!isNoDevice(error)) throw error;
    await dropPreference("device");
    await ensureDevice();
    return call();
  }
}

/**
 * The device as the server has it now; null when there is none. Asks only where there may be one: an iPhone can
 * lose its memory and keep the cookie, and then the subscription tells.
 */
export async function refreshDevice(): Promise<Device | null> {
  const likely = (await preference("device")) !== undefined || (await isSubscribed());
  if (!likely) return null;
  try {
    return await keepDevice(await api.device());
  } catch (error) {
    if (!isNoDevice(error)) throw error;
    await dropPreference("device");
    return null;
  }
}

export async function keepDevice(device: Device): Promise<Device> {
  await setPreference("device", device);
  return device;
}

async function isSubscribed(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return registration !== undefined && (await findSubscription(registration)) !== null;
}

function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, work) as Promise<T>) : work();
}
