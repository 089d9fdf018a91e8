/** Gestures made without network, one per action: the last one is the one that counts. */
import { database, type QueuedGesture } from "./database";
import type { ParticipationInput } from "../api/types";

export type { QueuedGesture };

export async function enqueue(action: string, input: ParticipationInput | null): Promise<void> {
  await (await database()).put("queue", { action, input, stamp: Date.now() + Math.random() });
}

export async function queued(): Promise<QueuedGesture[]> {
  return (await database()).getAll("queue");
}

/** Takes a gesture off the queue unless a newer one has taken its place meanwhile. */
export async function settle(gesture: QueuedGesture): Promise<void> {
  const transaction = (await database()).transaction("queue", "readwrite");
  const current = await transaction.store.get(gesture.action);
  if (current?.stamp === gesture.stamp) await transaction.store.delete(gesture.action);
  await transaction.done;
}

export async function unqueue(action: string): Promise<void> {
  await (await database()).delete("queue", action);
}
