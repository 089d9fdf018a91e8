/** The other tabs of the app: what is erased in one is erased in all. */
import { Erased, sealDatabase } from "../store/database";
import { app } from "./state.svelte";

const CHANNEL = "erasing";

/** Tells them how far it is. A browser without the channel has no other tab to tell of it. */
export function tellOfErasing(): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(app.serverErased);
  channel.close();
}

export function hearOfErasing(): void {
  if (typeof BroadcastChannel === "undefined") return;
  new BroadcastChannel(CHANNEL).onmessage = ({ data }: MessageEvent<typeof app.serverErased>) => {
    void sealDatabase();
    app.erased = true;
    app.device = null;
    app.serverErased = data;
  };
}

/** What a page was still busy with when all was erased under it has nowhere to go and nobody to tell: no fault. */
export function endWithErasing(event: PromiseRejectionEvent): void {
  if (event.reason instanceof Erased) event.preventDefault();
}
