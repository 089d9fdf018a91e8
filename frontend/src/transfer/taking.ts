/** Entering a code: everything of the other phone is this one's, beside what it has already. */
import { loadParticipations } from "../actions/participation";
import { readAlerts } from "../alerts/alerts";
import { api } from "../api/client";
import { loadFeed } from "../app/loading";
import { app } from "../app/state.svelte";
import { keepDevice, withDevice } from "../settings/device";
import { agreeOnKeeping } from "../settings/agreeing";
import { dropPreference, setPreference } from "../store/preferences";
import { speak } from "../words/words";
import { unpack } from "./luggage";
import { open } from "./sealing";

export interface Taken {
  follows: number;
  parts: number;
  /** Links and invitations that were not used yet could not come along. */
  lost: boolean;
}

/** Rejects with the server's refusal, or without network; asked again with the same code, it goes on. */
export async function takeOver(code: string): Promise<Taken> {
  const { device, sealed } = await withDevice(() => api.takeOver(code));
  app.device = await keepDevice(device);
  // The codes that this phone gave out ended with it.
  await dropPreference("transferCode");
  await dropPreference("iconManifest");
  await agreeOnKeeping().catch(() => undefined);
  const lost = !(await unseal(code, sealed));
  await speakAs(device.language);
  await Promise.allSettled([loadParticipations(), loadFeed(), readAlerts()]);
  return { follows: device.follows.length, parts: Object.keys(app.parts).length, lost };
}

async function unseal(code: string, sealed: string | null): Promise<boolean> {
  if (sealed === null) return false;
  try {
    await unpack(await open(code, sealed));
    return true;
  } catch {
    return false;
  }
}

async function speakAs(language: string): Promise<void> {
  try {
    await speak(language);
  } catch {
    return;
  }
  await setPreference("language", language);
}
