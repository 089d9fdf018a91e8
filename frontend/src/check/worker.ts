/** Asking the service worker whether it is there and the newest, and hearing what arrives at it. */
import { sleep, within } from "../app/patience";
import type { CheckFacts } from "./steps";

/** How long it may take to answer, in ms: it may have to be woken. */
const ANSWER_TIME = 4000;
/** How long a newer one may take to be in charge. */
const UPDATE_TIME = 6000;

export async function checkWorker(): Promise<CheckFacts["worker"]> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return "none";
  const asked = await within(
    registration.update().then(() => true),
    UPDATE_TIME,
    false,
  );
  await settled(registration);
  const { active, installing, waiting } = registration;
  if (active === null) return installing ? "updating" : "none";
  if (!(await answers(active))) return "silent";
  if (installing ?? waiting) return "updating";
  return asked ? "current" : "unchecked";
}

/** Until a newer worker is in charge, or that takes too long. */
async function settled(registration: ServiceWorkerRegistration): Promise<void> {
  for (let waited = 0; waited < UPDATE_TIME && (registration.installing ?? registration.waiting); waited += 200)
    await sleep(200);
}

async function answers(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<boolean>((resolve) => (port1.onmessage = () => resolve(true)));
  worker.postMessage({ type: "are-you-there" }, [port2]);
  const answered = await Promise.race([answer, sleep(ANSWER_TIME).then(() => false)]);
  port1.close();
  return answered;
}

/** What the worker says of each message that comes. */
export interface Received {
  type: "received";
  id: string;
  shown: boolean;
}

/** Calls back for each message that comes while this goes on. Returns how to stop it. */
export function hearReceived(callback: (received: Received) => void): () => void {
  const hear = ({ data }: MessageEvent<{ type: string }>) => {
    if (data.type === "received") callback(data as Received);
  };
  navigator.serviceWorker?.addEventListener("message", hear);
  return () => navigator.serviceWorker?.removeEventListener("message", hear);
}
