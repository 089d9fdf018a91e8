/** Waiting for a moment in which the browser has nothing better to do. */
import { sleep } from "./patience";

/** No longer than this, in ms; and so long where the browser does not tell, as Safari. */
const LONGEST = 1000;
const BLIND = 200;

export function idle(): Promise<unknown> {
  if (!("requestIdleCallback" in window)) return sleep(BLIND);
  return new Promise((resolve) => requestIdleCallback(resolve, { timeout: LONGEST }));
}
