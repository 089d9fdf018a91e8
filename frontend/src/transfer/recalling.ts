/** What the app remembers of transfers as it opens. */
import { app } from "../app/state.svelte";
import { preference } from "../store/preferences";
import { linkOwnManifest } from "./manifest-link";

let answered: string | undefined;

export async function recallTransfer(): Promise<void> {
  const icon = await preference("iconManifest");
  // Early: Safari may read the manifest as soon as the page is loaded.
  if (icon && icon.until > Date.now()) linkOwnManifest(icon.address, app.language);
  answered = await preference("transferAnswered");
}

/** An icon starts with its code each time: once that was answered, it just opens. Whether it was so. */
export function passAnsweredCode(): boolean {
  if (app.route.screen !== "transfer" || !app.route.code || app.route.code !== answered) return false;
  history.replaceState(null, "", "/");
  app.route = { screen: "feed" };
  return true;
}
