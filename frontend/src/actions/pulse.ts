/** The live count: asked for politely, never by a page that nobody looks at. */
import { api } from "../api/client";
import { ApiError, NetworkError } from "../api/errors";
import type { Action, Pulse } from "../api/types";
import { app } from "../app/state.svelte";
import { keepAnswer, recallAnswer } from "../store/answers";

const SHORTEST = 5000;
const LONGEST = 10_000;
const CEILING = 120_000;

/** The pause before the next question, in ms: 5 to 10 s, twice as long after each failure, never below Retry-After. */
export function nextPause(failures: number, retryAfter: number, random: () => number): number {
  const base = SHORTEST + random() * (LONGEST - SHORTEST);
  return Math.max(Math.min(base * 2 ** failures, CEILING), retryAfter * 1000);
}

const asked = (action: string) => `actions/${action}/pulse`;

/**
 * Tells what the phone has kept, then asks until it is stopped, while the page is visible; only once for what is over.
 * Returns the function that stops it.
 */
export function watchPulse(
  { id: action, campaign }: Pick<Action, "id" | "campaign">,
  over: boolean,
  hear: (pulse: Pulse) => void,
): () => void {
  let heard = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let stopped = false;

  async function ask(): Promise<void> {
    let retryAfter = 0;
    try {
      const { data, at, closed } = await api.pulse(action);
      failures = 0;
      heard = true;
      if (!stopped) hear(data);
      await keepAnswer({ asked: asked(action), data, at, closed: closed ? campaign : null }).catch(() => undefined);
      if (over) return;
    } catch (error) {
      failures += 1;
      // Asked every few seconds, it is the first to find the network gone from under an open page.
      if (error instanceof NetworkError && !stopped) app.noteKept("away", app.staleSince);
      if (error instanceof ApiError) retryAfter = error.retryAfter;
    }
    plan(nextPause(failures, retryAfter, Math.random));
  }

  function plan(pause: number): void {
    clearTimeout(timer);
    if (!stopped && document.visibilityState === "visible") timer = setTimeout(() => void ask(), pause);
  }

  const seen = () => plan(document.visibilityState === "visible" ? Math.random() * 1000 : 0);
  document.addEventListener("visibilitychange", seen);
  void recallAnswer<Pulse>(asked(action))
    .then((kept) => kept && !heard && !stopped && hear(kept.data))
    .catch(() => undefined);
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
}
