/** Out of an app's own browser: an address that hands the page to the phone's browser. */
import { appFacts, type Door } from "./apps";
import type { Place } from "./place";

/** `x-safari-https:` is known from here on. */
const SAFARI_SCHEME_SINCE = 17;

/**
 * The link to tap, for the page at `address`; null where the app is known to let none out, or none is known. `fallback`
 * is a page of ours: Android shows it when nothing takes the intent.
 */
export function wayOut(place: Place, address: string, fallback: string): string | null {
  const door = findDoor(place);
  if (door === "intent") return intentTo(address, fallback);
  if (door === "x-safari") return `x-safari-${address}`;
  // Instagram and Threads stopped following x-safari in 2026; this is the command behind their own menu.
  if (door === "own-scheme")
    return `${place.app === "threads" ? "barcelona" : "instagram"}://extbrowser/?url=${encodeURIComponent(address)}`;
  return null;
}

function findDoor({ app, system, ios }: Place): Door {
  if (app === null || system === "desktop") return null;
  const door = appFacts(app)[system];
  return door === "x-safari" && ios !== null && ios < SAFARI_SCHEME_SINCE ? null : door;
}

/**
 * Without a package, so that the person's own browser takes it. Android reads what follows the last "#": a fragment of
 * the address itself comes through.
 */
function intentTo(address: string, fallback: string): string {
  const [scheme, rest] = address.split("://") as [string, string];
  return [
    `intent://${rest}#Intent`,
    `scheme=${scheme}`,
    "action=android.intent.action.VIEW",
    "category=android.intent.category.BROWSABLE",
    `S.browser_fallback_url=${encodeURIComponent(fallback)}`,
    "end",
  ].join(";");
}
