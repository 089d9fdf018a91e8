/** Chromium's offer to install, caught as early as it may come, and what is known of the icon. */
import { app, type InstallPrompt } from "../app/state.svelte";
import { dropPreference, preference, setPreference } from "../store/preferences";
import { t } from "../words/words";
import { openedFromIcon } from "./icon";

/** Before anything else of the app: the event comes once and does not wait. */
export function catchPrompt(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    app.installPrompt = event as InstallPrompt;
    // The browser would not offer what it has: an icon that was there is gone.
    app.installed = openedFromIcon();
    void dropPreference("installed").catch(() => undefined);
  });
  window.addEventListener("appinstalled", () => {
    app.installPrompt = null;
    app.installed = true;
    app.announce(t("install_done_title"));
    void setPreference("installed", true).catch(() => undefined);
  });
}

/** On Android the icon and the tab share their memory, so that the tab knows. On an iPhone each is alone. */
export async function recallInstalled(): Promise<void> {
  const here = openedFromIcon();
  if (here) await setPreference("installed", true);
  if (app.installPrompt === null) app.installed = here || ((await preference("installed")) ?? false);
}

/** The browser's own question. True when it was answered with yes. */
export async function askToInstall(): Promise<boolean> {
  const prompt = app.installPrompt;
  // It can be asked once; the browser hands out another one when it will.
  app.installPrompt = null;
  return (await prompt?.prompt())?.outcome === "accepted";
}
