/** A verification push has come: its nonce goes back to the server, however long the crowd is before it. */
import { MEMORY_TIME, sendNonce } from "../alerts/nonce";
import { sleep, within } from "../app/patience";
import { keepNonce, keptNonce } from "../store/nonce";

/**
 * How long it goes on, in ms. Browsers end the worker sooner or later, some within a minute: what it has not done then
 * the app does when it is opened, and where there is background sync, the worker again.
 */
const GOES_ON = 9 * 60_000;
/** While it is on its way nobody else sends it, in ms. */
const ON_ITS_WAY = 20_000;
/** Without a network, or a word of when to come back, in ms. */
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60_000;

/** What the browser does for it. */
export interface Verifying {
  tell: (news: object) => Promise<void>;
  /** Has the worker called again, where there is background sync. */
  comeBack: () => Promise<void>;
  /** False once alerts are turned off, or everything is erased: then nothing is touched any more. */
  isSubscribed: () => Promise<boolean>;
}

export async function verify(nonce: string, browser: Verifying): Promise<void> {
  const now = Date.now();
  await within(keepNonce(nonce, now, now + ON_ITS_WAY), MEMORY_TIME, undefined);
  await once(nonce, browser, 0);
}

/** By background sync. Rejects while the server has not answered: then the browser comes back to it, a few times. */
export async function resumeVerification(browser: Verifying): Promise<void> {
  const now = Date.now();
  const kept = await keptNonce(now);
  if (kept === null) return;
  const answered = await once(kept.nonce, browser, Math.max(0, kept.notBefore - now));
  if (!answered) throw new Error("the verification waits");
}

/** The last run of this worker; `over` once it has ended. */
let run: { nonce: string; answered: Promise<boolean>; over: boolean } | null = null;

/** One run in this worker, of the last nonce. Resolves with whether the server has answered for good. */
function once(nonce: string, browser: Verifying, wait: number): Promise<boolean> {
  if (run?.nonce === nonce && !run.over) return run.answered;
  const begun = { nonce, answered: goOn(nonce, browser, wait), over: false };
  run = begun;
  return begun.answered.finally(() => (begun.over = true));
}

async function goOn(nonce: string, { tell, comeBack, isSubscribed }: Verifying, wait: number): Promise<boolean> {
  const end = Date.now() + GOES_ON;
  let pause = FIRST_PAUSE;
  while (Date.now() + wait < end) {
    await sleep(wait);
    // Another push has brought another one: the server takes that alone.
    if (run?.nonce !== nonce || !(await isSubscribed())) return true;
    const sent = await sendNonce(nonce, pause);
    if (sent === "taken") await tell({ type: "verified" });
    if (typeof sent === "string") return true;
    if (pause === FIRST_PAUSE) await comeBack().catch(() => undefined);
    pause = Math.min(LONGEST_PAUSE, 3 * pause);
    wait = sent;
  }
  return false;
}
