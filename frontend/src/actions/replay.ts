/** Sends what was done without network; by the app in whichever tab, and by the worker: one of them at a time. */
import { api } from "../api/client";
import { ApiError, isNoDevice, isPassing } from "../api/errors";
import type { OwnParticipation, ParticipationInput } from "../api/types";
import { ensureDevice, wasTakenOver } from "../settings/device";
import { recallLinks } from "../campaigns/links";
import { exclusively } from "../store/exclusively";
import { settle, stillWaiting, waitingGestures, type KeptGesture } from "../store/gestures";
import { dropParticipation, keepParticipation } from "../store/participations";
import { dropPreference } from "../store/preferences";

/** Older than this, in ms, a gesture says that it has waited: what was done in time counts though it comes late. */
const WAITED = 60_000;
/** Below this nobody noticed a wait, in ms: nothing is said of it. */
const UNNOTICED = 5000;

/**
 * Sends what waits, oldest first, and takes each off the list once the server has answered for good. Stops where no
 * answer comes; one that the server wants later holds up no other. Exactly once: every call says what is to be, not what
 * is to be added, so that an answer that was lost, or somebody killed in the middle, only makes it be said again.
 */
export async function replayGestures(): Promise<KeptGesture[]> {
  return exclusively("gestures", async () => {
    const answered: KeptGesture[] = [];
    await recallLinks().catch(() => undefined);
    for (const gesture of await waitingGestures()) {
      // Taken back or changed while the one before was on its way: the newer one is sent at the next turn.
      if (!(await stillWaiting(gesture))) continue;
      await settle(gesture, { tried: true });
      const refusal = await send(gesture);
      if (refusal === "away") break;
      if (refusal === "later") continue;
      const end = { state: refusal ? "refused" : "sent", code: refusal, ended: Date.now() } as const;
      const unnoticed = !refusal && end.ended - gesture.made < UNNOTICED;
      await settle(gesture, unnoticed ? null : end);
      answered.push({ ...gesture, ...end });
    }
    return answered;
  });
}

/** "" when the server took it, the code of its refusal for good; "later" or "away" for trouble that passes by itself. */
async function send(gesture: KeptGesture): Promise<string> {
  try {
    const part = await tell(gesture, (call) => asDevice(gesture, call));
    if (gesture.kind === "part") await (part ? keepParticipation(part) : dropParticipation(gesture.action));
    return "";
  } catch (error) {
    // Only the server's own refusal ends a gesture; whatever else went wrong, it is tried again.
    if (!(error instanceof ApiError)) return "away";
    return isPassing(error) ? "later" : codeOf(error, gesture);
  }
}

type Call<T> = () => Promise<T>;

/** Says one gesture to the server; what needs a device, as `asDevice` has it. Resolves with the part that it made. */
export async function tell(
  gesture: KeptGesture,
  asDevice: <T>(call: Call<T>) => Promise<T>,
): Promise<OwnParticipation | null> {
  if (gesture.kind === "outcome") {
    await api.reportOutcome(gesture.action, gesture.claim, gesture.input);
  } else if (gesture.kind === "unfollow") {
    await unlessUnknown(() => api.unfollow(gesture.campaign));
  } else if (gesture.input === null) {
    await unlessUnknown(() => api.withdraw(gesture.action));
  } else {
    const input = saysWhetherItWaited(gesture.input, gesture);
    return { action: gesture.action, ...(await asDevice(() => api.participate(gesture.action, input))) };
  }
  return null;
}

function saysWhetherItWaited(input: ParticipationInput, { made, tried }: KeptGesture): ParticipationInput {
  return tried || Date.now() - made > WAITED ? { ...input, waited: true } : input;
}

/** A server that does not know this phone, or the action any more, has nothing of it to take back. */
async function unlessUnknown(call: Call<unknown>): Promise<void> {
  await call().catch((error: unknown) => {
    if (!isNoDevice(error) && !(error instanceof ApiError && error.status === 404)) throw error;
  });
}

/** Makes the device, and again when its cookie was lost; but for nobody who has erased everything meanwhile. */
async function asDevice<T>(gesture: KeptGesture, call: Call<T>): Promise<T> {
  await ensureDevice();
  try {
    return await call();
  } catch (error) {
    if (!isNoDevice(error) || (await wasTakenOver()) || !(await stillWaiting(gesture))) throw error;
    await dropPreference("device");
    await ensureDevice();
    return call();
  }
}

/** What is refused says why in words that fit the gesture. */
export function codeOf({ status, code }: ApiError, gesture: KeptGesture): string {
  if (gesture.kind === "outcome") return status === 404 || status === 401 ? "call_forgotten" : code;
  if (gesture.kind === "part" && status === 400 && gesture.input?.gathering) return "gathering_gone";
  return status === 404 ? "action_gone" : code;
}
