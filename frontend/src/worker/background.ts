/** The browser has found the network again and lets the worker send what waits. */
import { replayGestures } from "../actions/replay";
import { waitingGestures } from "../store/gestures";

/** Rejects while something is left: then the browser comes back to it by itself, a few times. */
export async function replayInBackground(tell: (news: object) => Promise<void>): Promise<void> {
  await replayGestures();
  await tell({ type: "replayed" });
  const left = (await waitingGestures()).length;
  if (left > 0) throw new Error(`${left} left`);
}
