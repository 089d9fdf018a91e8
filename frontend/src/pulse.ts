/** The live count: asked for politely, never by a page that nobody looks at. */
import { api } from "./api/client";
import { ApiError } from "./api/errors";
import type { Pulse } from "./api/types";

const SHORTEST = 5000;
const LONGEST = 10_000;
const CEILING = 120_000;

/** The pause before the next question, in ms: 5 to 10 s, twice as long after each failure, never below Retry-After. */
export function nextPause(failures: number, retryAfter: number, random: () => number): number {
  const base = SHORTEST + random() * (LONGEST - SHORTEST);
  return Math.max(Math.min(base * 2 ** failures, CEILING), retryAfter * 1000);
}

/** Asks until it is stopped, while the page is visible; only once for what is over. Returns the function that stops it. */
export function watchPulse(action: string, over: boolean, hear: (pulse: Pulse) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let stopped = false;

  async function ask(): Promise<void> {
    let retryAfter = 0;
    try {
      const pulse = await api.pulse(action);
      failures = 0;
      if (!stopped) hear(pulse);
      if (over) return;
    } catch (error) {
      failures += 1;
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
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
}
