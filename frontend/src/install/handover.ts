/** The address of a page for another browser or phone, with what opens it: that one has none of this one's memory. */
import { invitationTo, invitedTo, linkOf } from "../campaigns/links";
import { campaignPath, isAppPath, readRoute, type Route } from "../app/routes";

/** The campaign that the page at a path belongs to, "" when none is known. */
type CampaignOf = (action: string) => string;

/**
 * The keys are in the fragment, which no server is ever told. A page that is nobody's in particular leads to the
 * invitation that waits, if one does: it is what the person came for.
 */
export function addressOf(path: string, origin: string, campaignOf: CampaignOf): string {
  const route = readRoute(isAppPath(path) ? path : "/");
  const [waiting] = invitedTo();
  if (waiting !== undefined && route.screen !== "action" && route.screen !== "campaign")
    return addressOf(campaignPath(waiting), origin, campaignOf);
  return origin + pathOf(path) + fragmentOf(route, campaignOf);
}

/** A path of the app without what is not for others: query and fragment. */
function pathOf(path: string): string {
  const url = new URL(path, "https://app.invalid");
  return isAppPath(path) && url.hostname === "app.invalid" ? url.pathname : "/";
}

function fragmentOf(route: Route, campaignOf: CampaignOf): string {
  if (route.screen !== "action" && route.screen !== "campaign") return "";
  const campaign = route.screen === "campaign" ? route.slug : campaignOf(route.id);
  const [key, invitation] = [linkOf(campaign), route.screen === "campaign" ? invitationTo(campaign) : null];
  const pairs = Object.entries({ link: key, invitation }).filter((pair): pair is [string, string] => pair[1] !== null);
  return pairs.length > 0 ? `#${new URLSearchParams(pairs)}` : "";
}

/** The guide for the page that one is on. */
export function installPath(path: string): string {
  const { pathname } = new URL(path, "https://app.invalid");
  return pathname === "/" || pathname === "/install" ? "/install" : `/install?to=${encodeURIComponent(pathname)}`;
}
