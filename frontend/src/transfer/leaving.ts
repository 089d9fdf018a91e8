/** This phone's things are another's now: nothing of them is left here, and it rings no more. */
import { readAlerts } from "../alerts/alerts";
import { isPushSupported, unsubscribe } from "../alerts/push";
import { app } from "../app/state.svelte";
import { dropAllLinks } from "../campaigns/links";
import { database } from "../store/database";
import { dropPreference, preference, type Preferences } from "../store/preferences";

const STORES = ["seen", "cards", "gestures", "answers", "drafts", "participations"] as const;
/** The other preferences stay: how the app speaks, what was said about offers, that nothing is to be kept. */
const GONE: readonly (keyof Preferences)[] = [
  "device",
  "transferCode",
  "iconManifest",
  "subscriptionSent",
  "nonce",
  "mastodonServer",
  "milestones",
  "call",
  "legalTeams",
];

export async function leave(): Promise<void> {
  app.movedTo = (await preference("transferCode")) ? "phone" : "icon";
  app.device = null;
  app.parts = {};
  app.gestures = [];
  for (const step of [emptyStores, dropAllLinks, dropPush]) await step().catch(() => undefined);
  await readAlerts().catch(() => undefined);
}

async function emptyStores(): Promise<void> {
  const db = await database();
  for (const store of STORES) await db.clear(store);
  for (const name of GONE) await dropPreference(name);
}

async function dropPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration && isPushSupported()) await unsubscribe(registration);
}
