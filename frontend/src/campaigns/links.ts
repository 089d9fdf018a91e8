/** The links that this phone came by: keys of campaigns that are open to whoever has the link, and of invitations. */
import { dropPreference, preference, setPreference } from "../store/preferences";
import { tryLink } from "../api/try-link";

/** What a link leads to, as the API names it. */
export type Page = `campaigns/${string}` | `actions/${string}`;

/**
 * By key: the campaign that it opens. Until the server has opened something for this key alone that is not known, as
 * anybody may make up a link: then it is what somebody came to with it, behind a "?".
 */
let links: Record<string, string> = {};
/** By campaign: the code of an invitation that was opened and not used yet. */
let invitations: Record<string, string> = {};

const pageOf = (opens: string) => (opens.startsWith("?") ? (opens.slice(1) as Page) : null);

/** Reads what the phone has kept; what came meanwhile stays. */
export async function recallLinks(): Promise<void> {
  links = { ...links, ...(await preference("links")) };
  invitations = { ...(await preference("invitations")), ...invitations };
}

export function linkKeys(): string[] {
  return Object.keys(links);
}

/** The key that opens a campaign, for passing it on; null when this phone did not come by one. */
export function linkOf(campaign: string): string | null {
  return Object.entries(links).find(([, opens]) => opens === campaign)?.[0] ?? null;
}

/** The campaigns that are known by their link. */
export function linkedCampaigns(): string[] {
  const slugs = Object.values(links).map((opens) => opens.replace(/^\?campaigns\//, ""));
  return [...new Set(slugs)].filter((slug) => slug !== "" && pageOf(slug) === null);
}

let trial: Promise<unknown> = Promise.resolve();

/** Ends once it is known what the last link opens, or that nobody says so now. */
export function linkTried(): Promise<unknown> {
  return trial;
}

/** Somebody came to a page with a key. What the phone has already stays until this one has opened something. */
export function keepLink(key: string, page: Page): Promise<unknown> {
  // The newest goes first: of many the server reads only so many.
  links = { [key]: `?${page}`, ...links };
  return (trial = recallAndTry());
}

async function recallAndTry(): Promise<void> {
  await recallLinks().catch(() => undefined);
  await noteLinks(links);
  await tryLinks();
}

/** Those that nobody has answered for yet. */
export async function tryLinks(): Promise<void> {
  for (const [key, opens] of Object.entries(links)) {
    const page = pageOf(opens);
    if (page !== null) await settle(key, await tryLink(key, page));
  }
}

/** The newest link of a campaign takes the place of the others; what opens nothing is not asked with again. */
async function settle(key: string, opened: string | null | undefined): Promise<void> {
  if (opened === undefined) return;
  const others = Object.entries(links).filter(([other, opens]) => other !== key && opens !== opened);
  await noteLinks({ ...(opened === null ? {} : { [key]: opened }), ...Object.fromEntries(others) });
}

/** What came from another phone lies beside what is here. */
export async function takeLinks(given: Record<string, string>): Promise<void> {
  await noteLinks({ ...given, ...links });
}

/** None of its links opens anything any more, or it was left. */
export async function dropLink(campaign: string): Promise<void> {
  const gone = [campaign, `?campaigns/${campaign}`];
  await noteLinks(Object.fromEntries(Object.entries(links).filter(([, opens]) => !gone.includes(opens))));
}

async function noteLinks(changed: typeof links): Promise<void> {
  links = changed;
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
