/** The page's side of the service worker: registers it and hears what it says. */
import { refreshAlerts } from "./alerts";
import { app } from "../app/state.svelte";
import { navigate } from "../app/navigation";
import { loadParticipations, noteReplay } from "../actions/participation";

type News =
  | { type: "navigate"; path: string }
  | { type: "verified" | "renewed" | "replayed" | "received" | "erased" | "outdated" };

export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<News>) => void hear(event));
  navigator.serviceWorker.startMessages();
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
}

async function hear({ data, ports }: MessageEvent<News>): Promise<void> {
  if (data.type === "navigate") {
    ports[0]?.postMessage("going");
    await navigate(data.path);
  } else if (data.type === "erased") {
    await (await import("../settings/erase")).finishErasing();
  } else if (data.type === "verified" || data.type === "renewed") {
    await refreshAlerts();
    await loadParticipations();
  } else if (data.type === "outdated") {
    if (!app.holdsAlone) location.reload();
  } else if (data.type === "replayed") {
    await noteReplay();
  }
}
