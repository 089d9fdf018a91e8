/** Everything that happens when the app opens, comes back to the front, or finds the network again. */
import { keepAlerts, readAlerts } from "./alerts";
import { refreshDevice } from "./device";
import { chooseLanguage, languages } from "./language";
import { loadConfig, loadFeed } from "./loading";
import { startNavigation } from "./navigation";
import { loadParticipations, sendGestures } from "./participation";
import { within } from "./patience";
import { registerWorker } from "./service-worker";
import { app, type InstallPrompt } from "./state.svelte";
import { preference, setPreference } from "./store/preferences";

/** How long the first picture waits for the phone's memory, in ms. */
const RECALL_TIME = 1000;

/** What the first picture needs; quick, and without network. */
export async function prepare(): Promise<void> {
  startNavigation();
  app.language = chooseLanguage(navigator.languages, languages());
  await within(recall(), RECALL_TIME, undefined);
}

async function recall(): Promise<void> {
  const chosen = await preference("language");
  if (chosen) app.language = chooseLanguage([chosen], languages());
  app.mastodonServer = (await preference("mastodonServer")) ?? "";
  app.putOff = (await preference("putOff")) ?? {};
  app.device = (await preference("device")) ?? null;
}

export async function begin(): Promise<void> {
  setInterval(() => document.visibilityState === "visible" && app.tick(), 1000);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void comeBack());
  window.addEventListener("online", () => void comeBack());
  window.addEventListener("offline", () => (app.offline = true));
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    app.installPrompt = event as InstallPrompt;
  });
  window.addEventListener("appinstalled", () => (app.installPrompt = null));
  const firstVisit = !navigator.serviceWorker?.controller;
  await Promise.allSettled([registerWorker(), loadConfig(), openDevice()]);
  await Promise.allSettled([keepAlerts(), setPreference("language", app.language)]);
  // What the first page asked for went past the worker, which was not there yet: let it keep a feed.
  if (firstVisit) await warmUp().catch(() => undefined);
}

async function openDevice(): Promise<void> {
  await readAlerts();
  await loadParticipations().catch(() => undefined);
  app.device = await refreshDevice().catch(() => app.device);
  await loadParticipations();
  await sendGestures();
}

async function comeBack(): Promise<void> {
  if (app.erased) return;
  app.tick();
  await Promise.allSettled([loadConfig(), loadFeed(), sendGestures()]);
  await keepAlerts().catch(() => undefined);
}

async function warmUp(): Promise<void> {
  await navigator.serviceWorker?.ready;
  await Promise.all([loadConfig(), loadFeed()]);
}
