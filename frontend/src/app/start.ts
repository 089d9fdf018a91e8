/** What happens when the app opens. */
import { passAnsweredCode, recallTransfer } from "../transfer/recalling";
import { loadLanguage } from "../words/language";
import { chooseLanguage, languages } from "../words/languages";
import { recallLinks } from "../campaigns/links";
import { idle } from "./idle";
import { loadFeed, recallAll } from "./loading";
import { startNavigation } from "./navigation";
import { showGestures } from "../actions/participation";
import { sleep, within } from "./patience";
import { catchPrompt, recallInstalled } from "../install/prompt";
import { loadRoute, loadScreen } from "./screens";
import { endWithErasing, hearOfErasing } from "./other-tabs";
import { app } from "./state.svelte";
import { isErasing } from "../store/erasing";
import { keepsNothing, sweep } from "../store/keeping";
import { preference } from "../store/preferences";
import { phoneZone } from "../words/formatters";
import { speak } from "../words/words";

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
  const memory = within(recall(), RECALL_TIME, undefined);
  // The first of the browser's formatters takes long to make: now, while the screen is on its way.
  phoneZone();
  await memory;
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
  const [chosen, server, putOff, device] = await Promise.all([
    preference("language"),
    preference("mastodonServer"),
    preference("putOff"),
    preference("device"),
    recallLinks(),
  ]);
  app.mastodonServer = server ?? "";
  app.putOff = putOff ?? {};
  app.device = device ?? null;
  // The memory may have been slow: then the page speaks the browser's language already.
  const spoken = chosen && speak(chooseLanguage([chosen], languages())).catch(() => undefined);
  await Promise.all([spoken, recallInstalled(), recallAll(), showGestures(), recallTransfer()]);
}

export async function begin(): Promise<void> {
  hearOfErasing();
  if (app.erased) return;
  setInterval(() => document.visibilityState === "visible" && app.tick(), 1000);
  await idle();
  await carryOn();
}

/** After so long, in ms, what did not come is fetched again. */
const TRY_AGAIN = 15_000;

/** What nobody looks at yet is a file of its own: the first screen does not wait for it. */
async function carryOn(): Promise<void> {
  const upkeep = await import("./upkeep").catch(() => null);
  if (app.erased) return;
  if (upkeep) return upkeep.keepUp();
  app.noteKept("away", app.feed?.as_of || null);
  await sleep(TRY_AGAIN);
  if (!app.erased) await Promise.allSettled([carryOn(), loadFeed()]);
}
