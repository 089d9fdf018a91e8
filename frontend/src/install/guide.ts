/** Which way to the home screen there is from a place. */
import type { Place } from "./place";

export type Guide = "installed" | "prompt" | "android" | "safari" | "ios" | "ios-old" | "leave" | "desktop";

/** Before it, an iPhone's icon gets no alerts, and only Safari makes icons. */
export const ICON_ALERTS_SINCE = 16.4;

/** `prompt`: the browser lets us ask. */
export function guideFor(place: Place, prompt: boolean): Guide {
  if (place.installed) return "installed";
  if (place.app !== null) return "leave";
  if (place.system === "desktop") return "desktop";
  if (place.system === "android") return prompt ? "prompt" : "android";
  if (place.ios !== null && place.ios < ICON_ALERTS_SINCE) return "ios-old";
  return place.browser === "safari" ? "safari" : "ios";
}

/** The ways that somebody else with this page open may need: on another phone, in another browser. */
export function otherGuides(own: Guide): Guide[] {
  const others: Guide[] = ["android", "safari", "ios"];
  return others.filter((guide) => guide !== own && !(guide === "android" && own === "prompt"));
}
