/** Whether this phone keeps anything: the phone and the server agree on it. The side that keeps less wins. */
import { api } from "../api/client";
import { app } from "../app/state.svelte";
import { keepNothing } from "../store/keeping";
import { keepDevice, withDevice } from "./device";

/** At each opening: what the one side does not know yet. */
export async function agreeOnKeeping(): Promise<void> {
  if (app.device === null) return;
  if (app.keepsNothing && app.device.keep_cards) {
    app.device = await keepDevice(await withDevice(() => api.patchDevice({ keep_cards: false })));
  } else if (!app.keepsNothing && !app.device.keep_cards) {
    // Chosen on a phone whose things this one has taken over.
    await keepNothing();
    app.keepsNothing = true;
  }
}
