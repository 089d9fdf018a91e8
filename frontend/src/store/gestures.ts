/**
 * What the person has done and the server has not answered for yet: one of each thing, the last one counts. What was
 * refused stays until it is read, what had to wait says for a day that it has left.
 */
import { database } from "./database";
import type { OutcomeInput, ParticipationInput } from "../api/types";

export type Gesture =
  /** `input` null: taken back. */
  | { kind: "part"; action: string; input: ParticipationInput | null }
  /** What a call came to. Of who was called there is nothing but the server's id of the call. */
  | { kind: "outcome"; action: string; claim: string; input: OutcomeInput }
  | { kind: "unfollow"; campaign: string };

export type KeptGesture = Gesture & {
  key: string;
  /** Says which of two for the same thing is the newer one. */
  stamp: string;
  /** ms */
  made: number;
  /** It was sent, so the server may have it, whatever became of the answer. */
  tried: boolean;
  state: "waiting" | "sent" | "refused";
  /** Why it was refused, else "". */
  code: string;
  /** When the server answered for good, in ms. */
  ended: number;
};

const DAY = 24 * 3600 * 1000;
/** How long the outcome of a gesture is shown; and how long one is tried: then its action is long over. In ms. */
const SHOWN = { sent: DAY, refused: 7 * DAY, waiting: 14 * DAY };

/** An agreement that was withdrawn is so until the server knows it, however long that takes. */
const isLasting = ({ kind, state }: KeptGesture) => kind === "unfollow" && state === "waiting";

export function keyOf(gesture: Gesture): string {
  if (gesture.kind === "part") return `part ${gesture.action}`;
  return gesture.kind === "outcome" ? `outcome ${gesture.claim}` : `unfollow ${gesture.campaign}`;
}

/** The gesture as somebody makes it now; not kept yet. */
export function newGesture(gesture: Gesture): KeptGesture {
  return {
    ...gesture,
    key: keyOf(gesture),
    stamp: `${Date.now()} ${Math.random()}`,
    made: Date.now(),
    tried: false,
    state: "waiting",
    code: "",
    ended: 0,
  };
}

/** Rejects when the phone's memory does not take it. */
export async function enqueue(gesture: Gesture): Promise<KeptGesture> {
  const kept = newGesture(gesture);
  const transaction = (await database()).transaction("gestures", "readwrite");
  // Whether the server may have one of before is not forgotten with it.
  const before = await transaction.store.get(kept.key);
  if (before?.state === "waiting") kept.tried = before.tried;
  await transaction.store.put(kept);
  await transaction.done;
  return kept;
}

export async function gestures(): Promise<KeptGesture[]> {
  return (await (await database()).getAll("gestures")).sort((one, other) => one.made - other.made);
}

/** Those to be sent, the oldest first. */
export async function waitingGestures(): Promise<KeptGesture[]> {
  return (await gestures()).filter((gesture) => gesture.state === "waiting");
}

/** The gesture as it is now; null when it was taken back, replaced by a newer one, or sent by somebody else. */
export async function stillWaiting({ key, stamp }: KeptGesture): Promise<boolean> {
  const current = await (await database()).get("gestures", key);
  return current?.stamp === stamp && current.state === "waiting";
}

/** Changes a gesture, or drops it (null), unless a newer one has taken its place meanwhile. */
export async function settle(gesture: KeptGesture, changes: Partial<KeptGesture> | null): Promise<void> {
  const transaction = (await database()).transaction("gestures", "readwrite");
  const current = await transaction.store.get(gesture.key);
  if (current?.stamp === gesture.stamp) {
    if (changes === null) await transaction.store.delete(gesture.key);
    else await transaction.store.put({ ...current, ...changes } as KeptGesture);
  }
  await transaction.done;
}

export async function forgetGesture(key: string): Promise<void> {
  await (await database()).delete("gestures", key);
}

export async function dropOldGestures(now: number): Promise<void> {
  for (const gesture of await gestures()) {
    const isOld = now - (gesture.ended || gesture.made) > SHOWN[gesture.state];
    if (isOld && !isLasting(gesture)) await forgetGesture(gesture.key);
  }
}
