/** Everything that happens when the app opens, comes back to the front, or finds the network again. */
import { keepAlerts, readAlerts } from "../alerts/alerts";
import { agreeOnKeeping } from "../settings/agreeing";
import { refreshDevice, wasTakenOver } from "../settings/device";
import { passAnsweredCode, recallTransfer } from "../transfer/recalling";
import { loadLanguage } from "../words/language";
import { chooseLanguage, languages } from "../words/languages";
import { recallLinks } from "../campaigns/links";
import { ensureFeed, loadConfig, loadFeed, recallAll } from "./loading";
import { startNavigation } from "./navigation";
import { loadParticipations, sendGestures, showGestures } from "../actions/participation";
import { within } from "./patience";
import { catchPrompt, recallInstalled } from "../install/prompt";
import { registerWorker } from "../alerts/service-worker";
import { loadRoute, loadScreen } from "./screens";
import { endWithErasing, hearOfErasing } from "./other-tabs";
import { app } from "./state.svelte";
import { isErasing } from "../store/erasing";
import { keepsNothing, sweep } from "../store/keeping";
import { preference, setPreference } from "../store/preferences";

/** What the server said of this device is asked again when the app comes back after so long, in ms. */
const DEVICE_FRESH = 5 * 60_000;
let deviceAsked = 0;

/** How long the first picture waits for the phone's memory, in ms. */
const RECALL_TIME = 1000;

/** What the first picture needs; quick, and without network. */
export async function prepare(): Promise<void> {
  catchPrompt();
  window.addEventListener("unhandledrejection", endWithErasing);
  const erasing = await isErasing();
  if (erasing) app.erased = true;
  startNavigation();
  app.language = chooseLanguage(navigator.languages, languages());
  if (erasing) return resume();
  const screen = within(loadRoute(app.route), RECALL_TIME, undefined);
  await within(recall(), RECALL_TIME, undefined);
  await loadLanguage(app.language);
  await (passAnsweredCode() ? loadRoute(app.route).catch(() => undefined) : screen);
}

/** All that is left to be done is the server's part of an erasure. */
async function resume(): Promise<void> {
  await Promise.all([loadLanguage(app.language), loadScreen("erased")]);
  const { resumeErasing } = await import("../settings/erase");
  void resumeErasing();
}

async function recall(): Promise<void> {
  app.keepsNothing = await keepsNothing();
  if (app.keepsNothing) await sweep();
  await recallLinks();
  const chosen = await preference("language");
  if (chosen) app.language = chooseLanguage([chosen], languages());
  app.mastodonServer = (await preference("mastodonServer")) ?? "";
  app.putOff = (await preference("putOff")) ?? {};
  app.device = (await preference("device")) ?? null;
  await Promise.all([recallInstalled(), recallAll(), showGestures(), recallTransfer()]);
}

export async function begin(): Promise<void> {
  hearOfErasing();
  if (app.erased) return;
  setInterval(() => document.visibilityState === "visible" && app.tick(), 1000);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void comeBack());
  window.addEventListener("online", () => void comeBack());
  window.addEventListener("offline", () => app.noteKept("away", app.feed?.as_of || null));
  await Promise.allSettled([registerWorker(), loadConfig(), openDevice()]);
  await Promise.allSettled([keepAlerts(), setPreference("language", app.language)]);
  // Whatever page was opened first: the feed is kept from then on.
  await ensureFeed().catch(() => undefined);
  lookForNetwork();
  // It says that all is gone, and then nothing is there to fetch it from.
  await loadScreen("erased").catch(() => undefined);
}

async function openDevice(): Promise<void> {
  await readAlerts();
  await loadParticipations().catch(() => undefined);
  // What waits goes first: what the server says after it is what it made of that.
  await sendGestures().catch(() => undefined);
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
