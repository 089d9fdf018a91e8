/** Sends the nonce of a verification push back: from then on this device counts. For the worker, and for the app. */
import { api } from "../api/client";
import { ApiError, isNoDevice, isPassing } from "../api/errors";
import { within } from "../app/patience";
import { dropNonce, postponeNonce } from "../store/nonce";

/** What the browser calls the worker for when the network is there again. */
export const VERIFY_SYNC = "verification";

/** The phone's memory may be closed or busy: the verification does not wait for it longer than this, in ms. */
export const MEMORY_TIME = 1500;
/** Where many phones share an address the server takes some in each minute: not all of them come back at its start. */
const SPREAD = 10_000;

/**
 * One try. "taken", "refused" for good, or after how long (ms) to try again: as the server says, else after the `pause`.
 * What it leaves on the phone is that time. A phone whose memory is broken is verified all the same.
 */
export async function sendNonce(nonce: string, pause: number): Promise<"taken" | "refused" | number> {
  try {
    await api.verifySubscription(nonce);
  } catch (error) {
    if (isPassing(error)) return putOff(nonce, waitAfter(error, pause));
    // Who is not known there may have erased everything: then nothing is opened any more, not even to drop something.
    if (!isNoDevice(error)) await within(dropNonce(nonce), MEMORY_TIME, undefined);
    return "refused";
  }
  await within(dropNonce(nonce), MEMORY_TIME, undefined);
  return "taken";
}

function waitAfter(error: unknown, pause: number): number {
  const seconds = error instanceof ApiError ? error.retryAfter : 0;
  return seconds > 0 ? seconds * 1000 + Math.random() * SPREAD : pause;
}

async function putOff(nonce: string, wait: number): Promise<number> {
  await within(postponeNonce(nonce, Date.now() + wait), MEMORY_TIME, undefined);
  return wait;
}
