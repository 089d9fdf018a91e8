/** Making a code for another phone: what waits is sent first, and what only this phone knows goes along sealed. */
import { sendGestures } from "../actions/participation";
import { api } from "../api/client";
import { withDevice } from "../settings/device";
import { dropPreference, preference, setPreference, type Preferences } from "../store/preferences";
import { pack } from "./luggage";
import { seal } from "./sealing";

export type HandedOut = Preferences["transferCode"];

/** The code that this phone gave out and that may still be entered. */
export async function handedOut(now: number): Promise<HandedOut | null> {
  const code = await preference("transferCode");
  return code && Date.parse(code.expires_at) > now ? code : null;
}

export async function makeCode(): Promise<HandedOut> {
  await sendGestures();
  const { code, expires_at } = await withDevice(() => api.makeTransfer());
  const made = { code, expires_at };
  await setPreference("transferCode", made);
  await layBeside(code);
  return made;
}

export async function revokeCode(): Promise<void> {
  await api.revokeTransfers();
  await dropPreference("transferCode");
  await dropPreference("iconManifest");
}

/** Without it everything else moves all the same: the other phone says what it did not get. */
export async function layBeside(code: string): Promise<void> {
  try {
    await api.sealTransfer(code, await seal(code, await pack()));
  } catch {
    return;
  }
}
