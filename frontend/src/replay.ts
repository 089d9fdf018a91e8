/** Sends the gestures that were made without network; by the app and by the worker. */
import { api } from "./api/client";
import { ApiError, isPassing } from "./api/errors";
import type { Participation } from "./api/types";
import { withDevice } from "./device";
import { dropParticipation, keepParticipation } from "./store/participations";
import { queued, settle, type QueuedGesture } from "./store/queue";

export interface Replayed {
  gesture: QueuedGesture;
  /** What the server has now; null after a withdrawal or a refusal. */
  part: Participation | null;
  /** The code of a refusal for good, such as "action_over". */
  refusal: string | null;
}

/**
 * Sends what waits, oldest first, and takes each off the queue once the server has answered for good.
 * Stops at the first trouble that passes by itself. A gesture sent twice changes nothing: PUT is idempotent.
 */
export async function replayGestures(): Promise<Replayed[]> {
  const results: Replayed[] = [];
  const waiting = (await queued()).sort((one, other) => one.stamp - other.stamp);
  for (const gesture of waiting) {
    const result = await send(gesture);
    if (result === null) break;
    await settle(gesture);
    await remember(result);
    results.push(result);
  }
  return results;
}

async function send(gesture: QueuedGesture): Promise<Replayed | null> {
  const { action, input } = gesture;
  try {
    if (input === null) await withDevice(() => api.withdraw(action));
    const part = input === null ? null : await withDevice(() => api.participate(action, input));
    return { gesture, part, refusal: null };
  } catch (error) {
    // Only the server's own refusal ends a gesture; whatever else went wrong, it is tried again.
    if (!(error instanceof ApiError) || isPassing(error)) return null;
    return { gesture, part: null, refusal: error.code };
  }
}

async function remember({ gesture, part }: Replayed): Promise<void> {
  if (part) await keepParticipation({ action: gesture.action, ...part });
  else await dropParticipation(gesture.action);
}
