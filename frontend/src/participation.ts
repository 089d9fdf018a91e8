/** Taking part: noted on the phone at once, told to the server as soon as the network lets it. */
import { api } from "./api/client";
import type { ParticipationInput } from "./api/types";
import { replayGestures } from "./replay";
import { app } from "./state.svelte";
import { keepParticipation, ownParticipations, replaceParticipations } from "./store/participations";
import { preference } from "./store/preferences";
import { enqueue, queued } from "./store/queue";

export async function takePart(action: string, input: ParticipationInput): Promise<void> {
  const part = { action, stage: input.stage, gathering: input.gathering ?? null, counted: false };
  app.setRefusal(action, null);
  app.setPart(part);
  app.lastGesture = { action, at: Date.now() };
  await keepParticipation(part);
  await enqueue(action, input);
  await sendGestures();
}

export async function withdraw(action: string): Promise<void> {
  app.setRefusal(action, null);
  app.dropPart(action);
  await enqueue(action, null);
  await sendGestures();
}

let sending: Promise<void> = Promise.resolve();

/** Sends what waits; one run at a time. What stays is sent by the worker (where it can) or at the next occasion. */
export function sendGestures(): Promise<void> {
  sending = sending.then(sendOnce, sendOnce);
  return sending;
}

async function sendOnce(): Promise<void> {
  for (const { gesture, part, refusal } of await replayGestures()) {
    if (part) app.setPart({ action: gesture.action, ...part });
    else app.dropPart(gesture.action);
    app.setRefusal(gesture.action, refusal);
  }
  const left = await queued();
  app.waiting = new Set(left.map((gesture) => gesture.action));
  app.device = (await preference("device")) ?? app.device;
  if (left.length > 0) await askForSync();
}

/** Background Sync exists in Chromium only; elsewhere the app itself comes back to it. */
async function askForSync(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
  await sync?.register("gestures").catch(() => undefined);
}

/** Shows this device's own parts: what the phone kept, then what the server says. */
export async function loadParticipations(): Promise<void> {
  const kept = await ownParticipations();
  app.parts = Object.fromEntries(kept.map((part) => [part.action, part]));
  const left = await queued();
  app.waiting = new Set(left.map((gesture) => gesture.action));
  if (app.device === null || left.length > 0) return;
  const current = await api.participations();
  await replaceParticipations(current);
  app.parts = Object.fromEntries(current.map((part) => [part.action, part]));
}
