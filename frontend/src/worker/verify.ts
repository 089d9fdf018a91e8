/** Sends the nonce of a verification push back: from then on this device counts. */
import { api } from "../api/client";
import { ApiError, isPassing } from "../api/errors";
import { sleep } from "../app/patience";

const PAUSES = [0, 2000, 6000];
/** Where many phones share an address the server takes some in each minute: who has to wait longer tries another day. */
const LONGEST_WAIT = 90;
/** Not all of them in the same second, in ms. */
const SPREAD = 10_000;

export async function verify(nonce: string, tell: (news: object) => Promise<void>): Promise<void> {
  let wait = 0;
  for (const pause of PAUSES) {
    await sleep(Math.max(pause, wait));
    try {
      await api.verifySubscription(nonce);
      return await tell({ type: "verified" });
    } catch (error) {
      if (!isPassing(error)) return;
      const seconds = error instanceof ApiError ? error.retryAfter : 0;
      if (seconds > LONGEST_WAIT) return;
      wait = seconds > 0 ? seconds * 1000 + Math.random() * SPREAD : 0;
    }
  }
}
