/**
 * The screens, each a file of its own that is fetched when it is gone to: a phone on a bad network loads only the one
 * that it shows. The service worker keeps them all, so later ones need no network.
 */
import type { Component } from "svelte";

import type { Kind } from "../api/types";
import { actionInFeed } from "./loading";
import type { Route } from "./routes";
import { app } from "./state.svelte";
import { loadAllTexts } from "../words/language";

// A component's own properties are checked where it is written; here any screen will do.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Screen = Component<any>;
type Load = () => Promise<{ default: Screen }>;

export type Place = Exclude<Route["screen"], "unknown"> | "erased" | "moved" | Kind;

const LOADS: Record<Place, Load> = {
  feed: () => import("../feed/FeedScreen.svelte"),
  action: () => import("../actions/ActionScreen.svelte"),
  campaign: () => import("../campaigns/CampaignScreen.svelte"),
  alerts: () => import("../alerts/AlertsScreen.svelte"),
  check: () => import("../check/CheckScreen.svelte"),
  rights: () => import("../rights/RightsScreen.svelte"),
  settings: () => import("../settings/SettingsScreen.svelte"),
  install: () => import("../install/InstallScreen.svelte"),
  transfer: () => import("../transfer/TransferScreen.svelte"),
  moved: () => import("../transfer/MovedScreen.svelte"),
  erased: () => import("../settings/ErasedScreen.svelte"),
  hashtag_push: () => import("../actions/hashtag/HashtagRoom.svelte"),
  rally_call: () => import("../actions/rally/RallyScreen.svelte"),
  solidarity_alert: () => import("../actions/solidarity/SolidarityScreen.svelte"),
  broadcast: () => import("../actions/broadcast/BroadcastScreen.svelte"),
  outreach: () => import("../actions/outreach/OutreachScreen.svelte"),
};

/** Where people come in (scripts/entrances.ts names the same); all others need the rest of the texts. */
const ENTRANCES: ReadonlySet<Place> = new Set([
  "feed",
  "campaign",
  "action",
  "hashtag_push",
  "rally_call",
  "solidarity_alert",
  "broadcast",
  "outreach",
]);

const loaded = new Map<Place, Screen>();

/** The screen if it is here already: shown without a moment between. */
export function screenAtHand(place: Place): Screen | undefined {
  return loaded.get(place);
}

/** Fetches the screen. Rejects when the network does not give it. */
export async function loadScreen(place: Place): Promise<Screen> {
  const texts = !ENTRANCES.has(place) && !loaded.has(place) ? loadAllTexts(app.language) : undefined;
  const [screen] = await Promise.all([loaded.get(place) ?? LOADS[place]().then((file) => file.default), texts]);
  loaded.set(place, screen);
  return screen;
}

/** Fetches all that a route shows, as far as it is known before the server has answered. */
export async function loadRoute(route: Route): Promise<void> {
  if (route.screen === "unknown") return;
  const kind = route.screen === "action" ? actionInFeed(route.id)?.kind : undefined;
  await Promise.all([loadScreen(route.screen), kind && loadScreen(kind)]);
}
