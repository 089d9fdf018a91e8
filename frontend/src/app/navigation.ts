/** Moving between screens on the History API; focus goes to the new heading. */
import { tick } from "svelte";

import { keepInvitation, keepLink } from "../campaigns/links";
import { focusHeading, keepFocus } from "./focus";
import { isAppPath, readRoute, type Route } from "./routes";
import { within } from "./patience";
import { loadRoute } from "./screens";
import { app } from "./state.svelte";

/** How long a tap waits for the next screen's file before the old screen gives way to a word of waiting, in ms. */
const SCREEN_TIME = 500;

export function startNavigation(): void {
  show();
  keepFocus();
  window.addEventListener("popstate", show);
  window.addEventListener("hashchange", show);
  document.addEventListener("click", followLink);
}

export async function navigate(path: string): Promise<void> {
  if (path !== location.pathname + location.search + location.hash) history.pushState(null, "", path);
  await within(loadRoute(readRoute(path)), SCREEN_TIME, undefined);
  show();
  window.scrollTo(0, 0);
  await tick();
  focusHeading();
}

function show(): void {
  // A tap on a notification adds which alert it was; the address to keep and to pass on is without it.
  const url = new URL(location.href);
  const alert = url.searchParams.get("alert");
  if (alert !== null) {
    const receipt = /^#receipt=(.+)/.exec(url.hash)?.[1];
    if (receipt) {
      app.opened = { id: alert, receipt };
      url.hash = "";
    }
    url.searchParams.delete("alert");
    history.replaceState(history.state, "", url.pathname + url.search + url.hash);
  }
  app.route = readRoute(location.pathname + location.search + location.hash);
  keepSecrets(app.route);
}

/** A link stays in the address bar, to be passed on. An invitation or a code is for one: who looks on shall not see it. */
function keepSecrets(route: Route): void {
  if (route.screen === "transfer" && route.code) history.replaceState(history.state, "", location.pathname);
  if (route.screen !== "action" && route.screen !== "campaign") return;
  if (route.link)
    void keepLink(route.link, route.screen === "campaign" ? `campaigns/${route.slug}` : `actions/${route.id}`);
  if (route.screen === "campaign" && route.invitation) {
    void keepInvitation(route.slug, route.invitation);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
}

/** Plain links stay plain links: this takes only those that lead to a screen of the app, opened in this tab. */
function followLink(event: MouseEvent): void {
  const link = (event.target as Element).closest?.("a");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hasAttribute("download"))
    return;
  if (link.origin !== location.origin || link.hash || !isAppPath(link.pathname)) return;
  event.preventDefault();
  void navigate(link.pathname + link.search);
}
