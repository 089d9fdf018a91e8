/** Throwing the switch "keep nothing here", on the phone and on the server. */
import { api } from "../api/client";
import { app } from "../app/state.svelte";
import { keepAgain } from "../store/keep-again";
import { keepNothing } from "../store/keeping";
import { setPreference } from "../store/preferences";
import { agreeOnKeeping } from "./agreeing";
import { keepDevice, withDevice } from "./device";

/** On the phone at once, whatever the network. Resolves with whether the server knows it too. */
export async function startKeepingNothing(): Promise<boolean> {
  await keepNothing();
  app.keepsNothing = true;
  return agreeOnKeeping().then(
    () => true,
    () => false,
  );
}

/** Needs the server first: else the phone would keep what its alerts do not carry. */
export async function startKeeping(): Promise<void> {
  if (app.device) app.device = await withDevice(() => api.patchDevice({ keep_cards: true }));
  await keepAgain();
  app.keepsNothing = false;
  if (app.device) await keepDevice(app.device);
  await setPreference("language", app.language);
}
