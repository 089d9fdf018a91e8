/** The app as the server has it now, for where an older build's page will not do. */
import { within } from "../app/patience";

/** How long the new build's files are waited for, in ms: without them the page would be the old one again. */
const ARRIVAL = 20_000;

/** Loads the page anew, of the newest build. For a tap, never by itself: where none comes it is the same page again. */
export async function loadNewest(): Promise<void> {
  await within(fetchNewest(), ARRIVAL, undefined);
  location.reload();
}

/** The worker gives the page: it has to be the new build's. */
async function fetchNewest(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update();
  const coming = registration?.installing ?? registration?.waiting;
  if (coming) await takesOver(coming);
}

function takesOver(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) => {
    const look = () => !worker.state.startsWith("install") && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
}
