/** A nonce that the worker could not get through to the server while it was let: the app goes on with it. */
import { askForSync } from "../actions/sync";
import { loadParticipations } from "../actions/participation";
import { app } from "../app/state.svelte";
import { exclusively } from "../store/exclusively";
import { keptNonce } from "../store/nonce";
import { refreshAlerts } from "./alerts";
import { sendNonce, VERIFY_SYNC } from "./nonce";

/** Without a word of the server of when to come back, in ms. */
const PAUSE = 30_000;
/** The worker, if it is still there, goes first, in ms: two would be one more in the crowd. */
const AFTER_WORKER = 5000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends it if it is time, and plans the next try while somebody looks at the page. */
export async function sendKeptNonce(): Promise<void> {
  clearTimeout(timer);
  const wait = await exclusively("nonce", trySending);
  if (wait === null || app.erased) return;
  await askForSync(VERIFY_SYNC);
  const again = () => document.visibilityState === "visible" && void sendKeptNonce().catch(() => undefined);
  timer = setTimeout(again, wait + AFTER_WORKER);
}

/** After how long to try again, in ms; null when nothing is left to be sent. */
async function trySending(): Promise<number | null> {
  const now = Date.now();
  const kept = await keptNonce(now);
  if (kept === null) return null;
  if (kept.notBefore > now) return kept.notBefore - now;
  const sent = await sendNonce(kept.nonce, PAUSE);
  if (typeof sent === "number") return sent;
  await refreshAlerts();
  await loadParticipations();
  return null;
}
