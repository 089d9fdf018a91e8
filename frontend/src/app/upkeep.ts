/** What the app does once its first screen is there, when it comes back to the front, and when it finds the network again. */
import { loadParticipations, sendGestures } from "../actions/participation";
import { keepAlerts, readAlerts } from "../alerts/alerts";
import { registerWorker } from "../alerts/service-worker";
import { tryLinks } from "../campaigns/links";
import { agreeOnKeeping } from "../settings/agreeing";
import { wasTakenOver } from "../settings/device";
import { refreshDevice } from "../settings/refresh";
import { dropOldGestures } from "../store/gestures";
import { preference, setPreference } from "../store/preferences";
import { report } from "../worker/receipts";
import { ensureFeed, loadConfig, loadFeed } from "./loading";
import { loadScreen } from "./screens";
import { app } from "./state.svelte";

/** What the server said of this device is asked again when the app comes back after so long, in ms. */
const DEVICE_FRESH = 5 * 60_000;
let deviceAsked = 0;

export async function keepUp(): Promise<void> {
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void comeBack());
  window.addEventListener("online", () => void comeBack());
  window.addEventListener("offline", () => app.noteKept("away", app.feed?.as_of || null));
  await Promise.allSettled([registerWorker(), loadConfig(), openDevice(), reportOpened()]);
  await Promise.allSettled([keepAlerts(), noteLanguage(), tryLinks()]);
  // Whatever page was opened first: the feed is kept from then on.
  await ensureFeed().catch(() => undefined);
  lookForNetwork();
  // It says that all is gone, and then nothing is there to fetch it from.
  await loadScreen("erased").catch(() => undefined);
}

async function reportOpened(): Promise<void> {
  if (app.opened) await report({ type: "alert", ...app.opened }, "opened");
}

/** For the worker, which cannot ask the browser's. One that was chosen stays, even if it was read too late to speak. */
async function noteLanguage(): Promise<void> {
  if (!(await preference("language"))) await setPreference("language", app.language);
}

async function openDevice(): Promise<void> {
  await readAlerts();
  await loadParticipations().catch(() => undefined);
  // What waits goes first: what the server says after it is what it made of that.
  await sendGestures().catch(() => undefined);
  await dropOldGestures(Date.now()).catch(() => undefined);
  await askForDevice();
  await agreeOnKeeping().catch(() => undefined);
  await loadParticipations();
}

async function comeBack(): Promise<void> {
  if (app.erased) return;
  app.tick();
  await Promise.allSettled([loadConfig(), loadFeed(), sendGestures()]);
  if (Date.now() - deviceAsked > DEVICE_FRESH) await askForDevice();
  await keepAlerts().catch(() => undefined);
}

async function askForDevice(): Promise<void> {
  app.device = await refreshDevice().catch(() => app.device);
  deviceAsked = Date.now();
  if (app.device === null && (await wasTakenOver())) await (await import("../transfer/leaving")).leave();
}

/** Browsers do not say when a network that is there begins to answer: while it does not, it is tried. In ms. */
const TRY_AGAIN = 15_000;

function lookForNetwork(): void {
  const again = TRY_AGAIN * (1 + Math.random());
  setTimeout(async () => {
    if (app.network !== "fine" && document.visibilityState === "visible") await comeBack();
    lookForNetwork();
  }, again);
}
