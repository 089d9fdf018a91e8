/** Sends the nonce of a verification push back: from then on this device counts. */
import { api } from "../api/client";
import { isPassing } from "../api/errors";
import { sleep } from "../patience";

const PAUSES = [0, 2000, 6000];

export async function verify(nonce: string, tell: (news: object) => Promise<void>): Promise<void> {
  for (const pause of PAUSES) {
    await sleep(pause);
    try {
      await api.verifySubscription(nonce);
      return await tell({ type: "verified" });
    } catch (error) {
      if (!isPassing(error)) return;
    }
  }
}
