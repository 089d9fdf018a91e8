/** Coming back to what waits: by the browser where it does that, else by the page itself. */

export const SYNC = "gestures";

/** Background Sync exists in Chromium only; it sends also when the page is gone. */
export async function askForSync(tag = SYNC): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
  await sync?.register(tag).catch(() => undefined);
}

const SHORTEST = 4000;
const LONGEST = 60_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

/** Tries again in 4 s, then in twice as long each time, up to a minute; spread. A page that nobody sees does not. */
export function planRetry(needed: boolean, retry: () => unknown): void {
  clearTimeout(timer);
  failures = needed ? failures + 1 : 0;
  if (!needed) return;
  const pause = Math.min(LONGEST, SHORTEST * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
  timer = setTimeout(() => document.visibilityState === "visible" && retry(), pause);
}
