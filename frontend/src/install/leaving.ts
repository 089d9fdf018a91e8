/** What this page hands over, and how. */
import { actionInFeed } from "../app/loading";
import { wayOut } from "./exits";
import { addressOf, installPath } from "./handover";
import type { Place } from "./place";

/** The whole address of a page of the app, with the keys that open it. */
export function pageToHandOver(path: string): string {
  return addressOf(path, location.origin, (action) => actionInFeed(action)?.campaign ?? "");
}

export function outside(place: Place, path: string): string | null {
  return wayOut(place, pageToHandOver(path), location.origin + installPath(path));
}
