/** Getting what the screens show: at once from what the phone has kept, then as the server knows it. */
import { api } from "../api/client";
import { ApiError } from "../api/errors";
import { linkTried, linkedCampaigns } from "../campaigns/links";
import type { Action, Campaign, Config, Feed } from "../api/types";
import { mergeFeeds } from "../feed/programme";
import { keepAnswer, recallAnswer, type Recalled } from "../store/answers";
import { findCard } from "../store/card";
import { keepLegalTeams } from "../store/legal-teams";
import { preference, setPreference } from "../store/preferences";
import { ask, type Known } from "./asking";
import { renewCardsOf, withCards } from "./cards";
import {
  actionsOf,
  feedOf,
  forgetAction,
  forgetCampaign,
  forgetOtherActions,
  forgetWhatIsOutdated,
} from "./forgetting";
import { within } from "./patience";
import { app } from "./state.svelte";

export const FEED = "feed";

export async function loadConfig(): Promise<void> {
  const { data, at } = await api.config();
  app.config = data;
  await setPreference("siteName", data.site_name).catch(() => undefined);
  await keepAnswer({ asked: "config", data, at, closed: null }).catch(() => undefined);
  app.setClock(data.server_time, true);
  await setPreference("clockOffset", app.clockFault?.offset ?? 0).catch(() => undefined);
}

let fresh = false;
let onItsWay: Promise<Feed> | null = null;

/** Sees to it that the server has given the feed to this page; one that is on its way is not asked for again. */
export async function ensureFeed(): Promise<void> {
  if (!fresh) await (onItsWay ?? loadFeed());
}

export function loadFeed(): Promise<Feed> {
  const asked = askFeed().finally(() => (onItsWay === asked ? (onItsWay = null) : undefined));
  return (onItsWay = asked);
}

async function askFeed(): Promise<Feed> {
  const asked = Date.now();
  const { data: shared, kept } = await ask(FEED, api.feed);
  const { feeds, whole } = await loadClosedFeeds(shared, kept !== null);
  const feed = mergeFeeds(shared, feeds);
  if (kept !== null) return (app.feed = await withCards(feed, kept.kept));
  app.feed = feed;
  fresh = true;
  await keepLegalTeams(feed.campaigns, followedCampaigns()).catch(() => undefined);
  await forgetWhatIsOutdated(feed, closedCampaigns(NOTHING)).catch(() => undefined);
  const actions = actionsOf(feed);
  await renewCardsOf(actions);
  if (whole) await forgetOtherActions(actions, asked).catch(() => undefined);
  return feed;
}

/** What the phone knew when it was last open, before any network is asked. */
export async function recallAll(): Promise<void> {
  const shared = await recallAnswer<Feed>(FEED);
  const closed = await recallClosedFeeds(shared?.data ?? NOTHING);
  const feed = await withCards(mergeFeeds(shared?.data ?? NOTHING, closed), shared?.kept ?? 0);
  if (shared || feed.live.length + closed.length > 0) app.feed ??= feed;
  app.config ??= (await recallAnswer<Config>("config"))?.data ?? null;
  if (!navigator.onLine) app.noteKept("away", shared?.at ?? null);
  // A clock that shows less than what the server said before is behind, by so much at least.
  const behind = Date.parse(shared?.at ?? "") - Date.now();
  const offset = Math.max((await preference("clockOffset")) ?? 0, Number.isNaN(behind) ? -Infinity : behind);
  if (offset) app.setOffset(offset, false);
}

const NOTHING: Feed = { as_of: "", campaigns: [], live: [], coming: [], over: [] };

/** The campaigns that this device follows, by their address. */
export function followedCampaigns(): string[] {
  return (app.device?.follows ?? []).map((follow) => follow.campaign);
}

/** The campaigns that this device follows or has the link of and that the public feed does not hold. */
function closedCampaigns(shared: Feed): string[] {
  const open = new Set(shared.campaigns.map((campaign) => campaign.slug));
  const known = new Set([...followedCampaigns(), ...linkedCampaigns()]);
  return [...known].filter((slug) => !open.has(slug));
}

/**
 * Where the shared feed did not come, nothing else will: the phone's own memory is enough. `whole`: the server has
 * answered for each campaign, be it that there is none; and which they are is known, as a slow phone may not know yet.
 */
async function loadClosedFeeds(shared: Feed, away: boolean): Promise<{ feeds: Feed[]; whole: boolean }> {
  if (away) return { feeds: await recallClosedFeeds(shared).catch(() => []), whole: false };
  const asked = closedCampaigns(shared);
  const settled = await Promise.allSettled(asked.map(loadClosedFeed));
  const answers = settled.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const read = app.device !== null || (await preference("device")) === undefined;
  const whole = read && answers.filter(({ kept }) => kept === null).length === asked.length;
  return { feeds: answers.map(({ data }) => data), whole };
}

async function recallClosedFeeds(shared: Feed): Promise<Feed[]> {
  const kept = await Promise.all(closedCampaigns(shared).map((slug) => recallAnswer<Feed>(feedOf(slug))));
  return kept.flatMap((answer) => (answer ? [answer.data] : []));
}

/** Where it is gone the answer is that there is nothing of it. */
async function loadClosedFeed(slug: string): Promise<Known<Feed>> {
  try {
    return await askFeedOf(slug);
  } catch (error) {
    if (!isGone(error)) throw error;
    await forgetCampaign(slug);
    return { data: NOTHING, kept: null };
  }
}

function askFeedOf(slug: string): Promise<Known<Feed>> {
  return ask(
    feedOf(slug),
    () => api.campaignFeed(slug),
    () => slug,
  );
}

/** The feed of one campaign and the campaign itself. */
export async function loadCampaign(slug: string): Promise<{ campaign: Campaign; feed: Feed }> {
  try {
    const [campaign, feed] = await Promise.all([
      ask(
        `campaigns/${slug}`,
        () => api.campaign(slug),
        () => slug,
      ),
      askFeedOf(slug),
    ]);
    return { campaign: campaign.data, feed: feed.data };
  } catch (error) {
    if (isGone(error)) await forgetCampaign(slug).catch(() => undefined);
    throw error;
  }
}

export async function recallCampaign(slug: string): Promise<{ campaign: Campaign; feed: Feed } | null> {
  const campaign = await recallAnswer<Campaign>(`campaigns/${slug}`);
  const feed = await recallAnswer<Feed>(feedOf(slug));
  return campaign && feed && { campaign: campaign.data, feed: feed.data };
}

/** An action of a public campaign, or of one that this phone follows or has the link of. */
export async function loadAction(id: string): Promise<Action> {
  try {
    return await askAction(id);
  } catch (error) {
    if (isGone(error)) await forgetAction(id).catch(() => undefined);
    // An alert is all there is: the page is of when that came.
    const card = app.offline ? await findCard(id).catch(() => null) : null;
    if (card) app.noteKept("away", new Date(card.at).toISOString());
    throw error;
  }
}

/** How long an action waits until it is known what the link opens that led to it, in ms. */
const LINK_TIME = 700;

async function askAction(id: string): Promise<Action> {
  const { data, kept } = await ask(
    `actions/${id}`,
    () => api.action(id),
    (action) => action.campaign,
  );
  if (kept !== null) return (await withItsCard(id, kept)) ?? data;
  // What is passed on from this page has the key that opens it.
  await within(linkTried(), LINK_TIME, undefined);
  await renewCardsOf([data]);
  return data;
}

/** What the phone has of an action: as the server last said it, or as an alert did. */
export async function recallAction(id: string): Promise<Action | null> {
  return withItsCard(id, await recallAnswer<Action>(`actions/${id}`));
}

async function withItsCard(id: string, kept: Recalled<Action> | null): Promise<Action | null> {
  const feed = kept ? { ...NOTHING, live: [kept.data] } : NOTHING;
  return (await withCards(feed, kept?.kept ?? 0, id)).live[0] ?? null;
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** An action that the feed has already brought, so that a tap on it shows it at once. */
export function actionInFeed(id: string): Action | null {
  return actionsOf(app.feed).find((action) => action.id === id) ?? null;
}
