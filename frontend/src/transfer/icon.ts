/**
 * An iPhone's icon has a memory of its own: the manifest that this page names hands it a code, with which it takes over
 * what the page has. Until then the page goes on as it is.
 */
import { api } from "../api/client";
import { app } from "../app/state.svelte";
import { withDevice } from "../settings/device";
import { preference, setPreference } from "../store/preferences";
import { layBeside } from "./giving";
import { pack } from "./luggage";
import { linkOwnManifest } from "./manifest-link";

/** A new one before the manifest stops handing the old one out (after two hours), in ms. */
const RENEWED_AFTER = 90 * 60_000;

let running: Promise<void> = Promise.resolve();

/** One at a time: each change of the device asks for it. */
export function prepareIcon(): Promise<void> {
  running = running.then(prepareOnce, prepareOnce);
  return running;
}

async function prepareOnce(): Promise<void> {
  const now = Date.now();
  const luggage = JSON.stringify(await pack());
  const kept = await preference("iconManifest");
  const fresh = kept !== undefined && kept.until > now && kept.device === app.device?.id;
  if (fresh && kept.luggage === (await digest(luggage))) return linkOwnManifest(kept.address, app.language);
  const code = fresh ? kept.code : await make(now);
  await layBeside(code);
  const made = await preference("iconManifest");
  if (made) await setPreference("iconManifest", { ...made, luggage: await digest(luggage) });
}

async function make(now: number): Promise<string> {
  const { code, manifest } = await withDevice(() => api.makeIconTransfer());
  const device = (await preference("device"))?.id ?? "";
  await setPreference("iconManifest", { address: manifest, code, until: now + RENEWED_AFTER, device, luggage: "" });
  linkOwnManifest(manifest, app.language);
  return code;
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
