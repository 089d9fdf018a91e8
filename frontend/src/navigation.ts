/** Moving between screens on the History API; focus goes to the new heading. */
import { tick } from "svelte";

import { isAppPath, readRoute } from "./routes";
import { app } from "./state.svelte";

export function startNavigation(): void {
  show();
  window.addEventListener("popstate", show);
  document.addEventListener("click", followLink);
}

export async function navigate(path: string): Promise<void> {
  if (path !== location.pathname + location.search) history.pushState(null, "", path);
  show();
  window.scrollTo(0, 0);
  await tick();
  focusHeading();
}

function show(): void {
  // A tap on a notification adds which alert it was; the address to keep and to pass on is without it.
  const url = new URL(location.href);
  if (url.searchParams.has("alert")) {
    url.searchParams.delete("alert");
    history.replaceState(history.state, "", url.pathname + url.search);
  }
  app.route = readRoute(location.pathname + location.search);
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

/** Screen readers go on from the heading of the new screen. */
function focusHeading(): void {
  document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
}
