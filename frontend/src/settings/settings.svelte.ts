/** Changing this device's settings: made at once, said when saved or not. */
import { tick } from "svelte";

import { api } from "../api/client";
import type { DevicePatch } from "../api/types";
import { keepDevice, withDevice } from "./device";
import { refusalCode, refusalText } from "../words/refusals";
import { app } from "../app/state.svelte";
import { t } from "../words/words";

class SettingsNews {
  /** What happened to the last change. */
  told = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(text: string): void {
    // The same words again are news too: only what changes is read out.
    this.told = "";
    void tick().then(() => (this.told = text));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.told = ""), 5000);
  }
}

export const settings = new SettingsNews();

export async function changeSettings(patch: DevicePatch): Promise<void> {
  await tellOutcome(async () => {
    app.device = await keepDevice(await withDevice(() => api.patchDevice(patch)));
  });
}

/**
 * Runs a change and says how it went, in the words that it resolves with if any; after a failure what is shown goes back
 * to what is saved.
 */
export async function tellOutcome(change: () => Promise<string | void>): Promise<void> {
  try {
    settings.tell((await change()) ?? t("saved"));
  } catch (error) {
    settings.tell(t("not_saved", { reason: t(refusalText(refusalCode(error))) }));
    app.device = app.device && { ...app.device };
  }
}
