/** When a hashtag may be seen, and when to ask for it. */
import type { HashtagPush } from "../../api/types";
import { nextPause } from "../pulse";

/** True while the hashtag is kept back. */
export function isHidden(push: HashtagPush): boolean {
  return push.hashtag === null;
}

/**
 * How long to wait before asking for a hashtag that is kept back, in ms; null when there is nothing to wait for. Spread,
 * so that not everybody asks in the same second; `failures`: how often in a row there was no answer.
 */
export function askAgainIn(push: HashtagPush, now: number, random: () => number, failures = 0): number | null {
  if (!isHidden(push) || !push.reveal_at) return null;
  const pause = failures > 0 ? nextPause(failures, 0, random) : 300 + random() * 2500;
  return Math.max(0, Date.parse(push.reveal_at) - now) + pause;
}
