/** Taking part: noted on the phone at once, told to the server as soon as the network lets it. */
import { api } from "../api/client";
import type { OwnParticipation, ParticipationInput } from "../api/types";
import { replayGestures } from "./replay";
import { within } from "../app/patience";
import { app } from "../app/state.svelte";
import { enqueue, forgetGesture, gestures, keyOf, newGesture, type Gesture, type KeptGesture } from "../store/gestures";
import { ownParticipations, replaceParticipations } from "../store/participations";
import { preference } from "../store/preferences";
import { askForSync, planRetry } from "./sync";

/** For so long, in ms, nothing is said of a gesture on its way. */
const UNSAID = 700;

/** Resolves like `make`. */
export async function takePart(action: string, input: ParticipationInput): Promise<KeptGesture | null> {
  app.setPart({ action, stage: input.stage, gathering: input.gathering ?? null, counted: false });
  app.lastGesture = { action, at: Date.now() };
  return make({ kind: "part", action, input });
}

export async function withdraw(action: string): Promise<void> {
  app.dropPart(action);
  const [taken, all] = await recall();
  const waiting = all.find((each) => each.key === keyOf({ kind: "part", action, input: null }));
  const isKnown = taken.some((part) => part.action === action);
  // What never left the phone is taken back without a word to anybody.
  if (waiting?.state === "waiting" && !waiting.tried && !isKnown) {
    await forgetGesture(waiting.key);
    return showGestures();
  }
  await make({ kind: "part", action, input: null });
}

/**
 * Notes a gesture, and sends it if the network is there; once it is noted, its answer is waited for no longer than
 * `patience`, in ms. Resolves with what became of it by then: null while it waits on the phone.
 */
export function make(gesture: Gesture, patience?: number): Promise<KeptGesture | null> {
  return enqueue(gesture).then(
    (kept) => (patience ? within(sendKept(kept), patience, null) : sendKept(kept)),
    (cause: unknown) => sendUnkept(newGesture(gesture), cause),
  );
}

/** The phone's memory is full, or closed to this site: sent from this page, now or never. */
async function sendUnkept(gesture: KeptGesture, cause: unknown): Promise<KeptGesture> {
  const code = await import("./unkept").then(
    ({ tellUnkept }) => tellUnkept(gesture, cause),
    () => "unkept",
  );
  const end: KeptGesture = { ...gesture, state: code ? "refused" : "sent", code, ended: Date.now() };
  if (code) app.unkept.refused.set(gesture.key, end);
  await showGestures();
  return end;
}

async function sendKept(kept: KeptGesture): Promise<KeptGesture | null> {
  for (const held of Object.values(app.unkept)) held.delete(kept.key);
  busy = true;
  await Promise.all([askForSync(), showGestures()]);
  const said = setTimeout(() => void showGestures(), UNSAID + 50);
  await sendGestures();
  clearTimeout(said);
  // Not only what this page was answered: the worker or another tab may have been quicker, and what left at once is gone.
  const now = (await gestures()).find(({ key }) => key === kept.key);
  if (!now) return { ...kept, state: "sent" };
  return now.stamp === kept.stamp && now.state !== "waiting" ? now : null;
}

let sending: Promise<unknown> = Promise.resolve();
let busy = false;
/** How many times gestures were answered, to this page or to the worker. */
let settled = 0;

/** Sends what waits; one run at a time. What stays is sent by the worker (where it can) or at the next occasion. */
export function sendGestures(): Promise<KeptGesture[]> {
  const run = sending.then(sendOnce, sendOnce);
  sending = run;
  return run;
}

async function sendOnce(): Promise<KeptGesture[]> {
  busy = true;
  const answered = await replayGestures().finally(() => (busy = false));
  if (answered.length > 0) settled += 1;
  app.device = (await preference("device")) ?? app.device;
  await showGestures();
  // A report makes a part of its own.
  if (answered.some(({ kind, state }) => kind === "outcome" && state === "sent"))
    void loadParticipations().catch(() => 0);
  planRetry(
    app.gestures.some(({ state }) => state === "waiting"),
    sendGestures,
  );
  return answered;
}

/** The parts that the server took, and the gestures; of a memory that cannot be read, what this page holds itself. */
async function recall(): Promise<[OwnParticipation[], KeptGesture[]]> {
  const { parts, refused } = app.unkept;
  const [taken, all] = await Promise.all([ownParticipations(), gestures()]).catch(() => [[], []]);
  return [
    [...taken, ...parts.values()],
    [...all, ...refused.values()],
  ];
}

/** Shows what this phone has done: what the server took, and over it what is still to be sent. */
export async function showGestures(): Promise<void> {
  const [taken, all] = await recall();
  const now = Date.now();
  const waiting = all.filter(({ state }) => state === "waiting");
  app.gestures = all.filter(({ state, made }) => state !== "waiting" || !busy || now - made > UNSAID);
  app.parts = Object.fromEntries(withWaiting(taken, waiting).map((part) => [part.action, part]));
}

export function withWaiting(taken: readonly OwnParticipation[], waiting: readonly KeptGesture[]): OwnParticipation[] {
  const parts = new Map(taken.map((part) => [part.action, part]));
  for (const gesture of waiting) {
    if (gesture.kind === "unfollow") continue;
    const { action } = gesture;
    const input = gesture.kind === "outcome" ? ({ stage: "done" } as const) : gesture.input;
    if (input === null) parts.delete(action);
    else {
      const place =
        !("gathering" in input) || input.gathering === undefined ? parts.get(action)?.gathering : input.gathering;
      parts.set(action, { action, stage: input.stage, gathering: place ?? null, counted: false });
    }
  }
  return [...parts.values()];
}

/** What became of a gesture was read. */
export async function dismissGesture(key: string): Promise<void> {
  app.unkept.refused.delete(key);
  await forgetGesture(key).catch(() => undefined);
  await showGestures();
}

/** The worker has sent some: lists of before that are outdated. */
export function noteReplay(): Promise<void> {
  settled += 1;
  return loadParticipations();
}

/** Shows this device's own parts: what the phone kept, then what the server says. */
export async function loadParticipations(): Promise<void> {
  await showGestures();
  if (app.device === null) return;
  const before = settled;
  const parts = await api.participations();
  // A gesture was answered meanwhile: the list may be of before it.
  if (settled !== before) return loadParticipations();
  await replaceParticipations(parts);
  await showGestures();
}
