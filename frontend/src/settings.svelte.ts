/** Changing this device's settings: made at once, said when saved or not. */
import { api } from "./api/client";
import type { DevicePatch } from "./api/types";
import { keepDevice, withDevice } from "./device";
import { refusalCode, refusalText } from "./refusals";
import { app } from "./state.svelte";
import { t } from "./words";

class SettingsNews {
  /** What happened to the last change. */
  told = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(text: string): void {
    this.told = text;
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

/** Runs a change and says how it went; after a failure what is shown goes back to what is saved. */
export async function tellOutcome(change: () => Promise<void>): Promise<void> {
  try {
    await change();
    settings.tell(t("saved"));
  } catch (error) {
    settings.tell(t("not_saved", { reason: t(refusalText(refusalCode(error))) }));
    app.device = app.device && { ...app.device };
  }
}
