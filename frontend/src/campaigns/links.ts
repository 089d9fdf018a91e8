/** The links that this phone came by: keys of campaigns that are open to whoever has the link, and of invitations. */
import { dropPreference, preference, setPreference } from "../store/preferences";

/** By key: the campaign that it opens, "" until that is known (a link may lead straight to an action). */
let links: Record<string, string> = {};
/** By campaign: the code of an invitation that was opened and not used yet. */
let invitations: Record<string, string> = {};

/** Reads what the phone has kept; what came meanwhile stays. */
export async function recallLinks(): Promise<void> {
  links = { ...(await preference("links")), ...links };
  invitations = { ...(await preference("invitations")), ...invitations };
}

export function linkKeys(): string[] {
  return Object.keys(links);
}

/** The key that opens a campaign, for passing it on; null when this phone did not come by one. */
export function linkOf(campaign: string): string | null {
  return Object.entries(links).find(([, slug]) => slug === campaign)?.[0] ?? null;
}

/** The campaigns that are known by their link. */
export function linkedCampaigns(): string[] {
  return [...new Set(Object.values(links))].filter((slug) => slug !== "");
}

/** The key that opens a campaign, null when it came by none. */
export function keyTo(campaign: string): string | null {
  return Object.entries(links).find(([, slug]) => slug !== "" && slug === campaign)?.[0] ?? null;
}

/** The newest link of a campaign takes the place of the others. */
export async function keepLink(key: string, campaign: string): Promise<void> {
  links = { ...links, [key]: campaign || (links[key] ?? "") };
  // What the phone has kept may not have been read yet.
  await recallLinks().catch(() => undefined);
  const older = ([other, slug]: [string, string]) => other !== key && slug !== "" && slug === campaign;
  links = Object.fromEntries(Object.entries(links).filter((each) => !older(each)));
  await setPreference("links", links).catch(() => undefined);
}

/** Notes where links lead that brought somebody straight to an action. */
export async function settleLinks(campaign: string): Promise<void> {
  for (const [key, slug] of Object.entries(links)) if (slug === "") await keepLink(key, campaign);
}

/** An old link that opens nothing any more is not asked with again. */
export async function dropLink(campaign: string): Promise<void> {
  links = Object.fromEntries(Object.entries(links).filter(([, slug]) => slug !== campaign));
  await setPreference("links", links).catch(() => undefined);
}

export function invitationTo(campaign: string): string | null {
  return invitations[campaign] ?? null;
}

/** The campaigns whose invitation waits: the app may have been installed in between. */
export function invitedTo(): string[] {
  return Object.keys(invitations);
}

export async function keepInvitation(campaign: string, code: string): Promise<void> {
  invitations = { ...invitations, [campaign]: code };
  await recallLinks().catch(() => undefined);
  await setPreference("invitations", invitations).catch(() => undefined);
}

export async function dropInvitation(campaign: string): Promise<void> {
  invitations = Object.fromEntries(Object.entries(invitations).filter(([slug]) => slug !== campaign));
  await setPreference("invitations", invitations).catch(() => undefined);
}

/** Nothing of them is left on this phone. */
export async function dropAllLinks(): Promise<void> {
  links = invitations = {};
  for (const name of ["links", "invitations"] as const) await dropPreference(name).catch(() => undefined);
}
