/** Getting what the screens show: at once from what the phone has kept, then as the server knows it. */
import { api } from "../api/client";
import { ApiError } from "../api/errors";
import { dropLink, linkedCampaigns, settleLinks } from "../campaigns/links";
import type { Action, Campaign, Config, Feed, TextMap } from "../api/types";
import { mergeFeeds } from "../feed/programme";
import { dropAnswer, dropAnswers, keepAnswer, recallAnswer, type Recalled } from "../store/answers";
import { dropCards, findCard, renewCards } from "../store/card";
import { keepLegalTeams } from "../store/legal-teams";
import { preference, setPreference } from "../store/preferences";
import { withCards } from "../store/fresher";
import { said } from "../words/words";
import { dropMissing, dropNamed } from "../worker/pictures";
import { ask } from "./asking";
import { app } from "./state.svelte";

export const FEED = "feed";
const feedOf = (slug: string) => `campaigns/${slug}/feed`;

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
  const { data: shared, kept } = await ask(FEED, api.feed);
  const feed = mergeFeeds(shared, await loadClosedFeeds(shared, kept !== null));
  if (kept !== null) return (app.feed = await withCards(feed, kept.kept, app.language));
  app.feed = feed;
  fresh = true;
  await keepLegalTeams(feed.campaigns, followedCampaigns()).catch(() => undefined);
  await forgetWhatIsOutdated(feed).catch(() => undefined);
  await renewCardsOf([...feed.live, ...feed.coming, ...feed.over]);
  return feed;
}

/** What the phone knew when it was last open, before any network is asked. */
export async function recallAll(): Promise<void> {
  const shared = await recallAnswer<Feed>(FEED);
  const closed = await recallClosedFeeds(shared?.data ?? NOTHING);
  const feed = await withCards(mergeFeeds(shared?.data ?? NOTHING, closed), shared?.kept ?? 0, app.language);
  if (shared || feed.live.length + closed.length > 0) app.feed ??= feed;
  app.config ??= (await recallAnswer<Config>("config"))?.data ?? null;
  if (!navigator.onLine) app.noteKept("away", shared?.at ?? null);
  // A clock that shows less than what the server said before is behind, by so much at least.
  const behind = Date.parse(shared?.at ?? "") - Date.now();
  const offset = Math.max((await preference("clockOffset")) ?? 0, Number.isNaN(behind) ? -Infinity : behind);
  if (offset) app.setOffset(offset, false);
}

const NOTHING: Feed = { as_of: "", campaigns: [], live: [], coming: [], over: [] };

/**
 * A feed holds its actions whole. What was kept of single actions goes with each new one: what was taken out since
 * stays on no phone, nor does what has been over for so long that no feed holds it. So goes what was kept of closed
 * campaigns that this phone does not know any more.
 */
async function forgetWhatIsOutdated(feed: Feed): Promise<void> {
  const known = new Set(feed.campaigns.map((campaign) => campaign.slug));
  for (const slug of closedCampaigns(NOTHING)) known.add(slug);
  await dropAnswers(({ asked, closed }) => (closed === null ? asked.startsWith("actions/") : !known.has(closed)));
  await dropMissing(JSON.stringify(feed));
}

/** The campaigns that this device follows, by their address. */
export function followedCampaigns(): string[] {
  return (app.device?.follows ?? []).map((follow) => follow.campaign);
}

/** What alerts left on the phone is brought up to what is true now. A phone without memory shows the page all the same. */
async function renewCardsOf(actions: readonly Action[]): Promise<void> {
  const say = (campaign: string) => (text: TextMap) => said(text, campaign);
  await Promise.all(actions.map((action) => renewCards([action], say(action.campaign)))).catch(() => undefined);
}

/** The campaigns that this device follows or has the link of and that the public feed does not hold. */
function closedCampaigns(shared: Feed): string[] {
  const open = new Set(shared.campaigns.map((campaign) => campaign.slug));
  const known = new Set([...followedCampaigns(), ...linkedCampaigns()]);
  return [...known].filter((slug) => !open.has(slug));
}

/** Where the shared feed did not come, nothing else will: the phone's own memory is enough. */
async function loadClosedFeeds(shared: Feed, away: boolean): Promise<Feed[]> {
  if (away) return recallClosedFeeds(shared).catch(() => []);
  const feeds = await Promise.allSettled(closedCampaigns(shared).map(loadClosedFeed));
  return feeds.flatMap((feed) => (feed.status === "fulfilled" ? [feed.value] : []));
}

async function recallClosedFeeds(shared: Feed): Promise<Feed[]> {
  const kept = await Promise.all(closedCampaigns(shared).map((slug) => recallAnswer<Feed>(feedOf(slug))));
  return kept.flatMap((answer) => (answer ? [answer.data] : []));
}

async function loadClosedFeed(slug: string): Promise<Feed> {
  try {
    return (
      await ask(
        feedOf(slug),
        () => api.campaignFeed(slug),
        () => slug,
      )
    ).data;
  } catch (error) {
    if (isGone(error)) await forgetCampaign(slug);
    throw error;
  }
}

/** It was left, or its link was changed and opens nothing any more: nothing of it stays on the phone. */
export async function forgetCampaign(slug: string): Promise<void> {
  await dropLink(slug);
  const kept = await recallAnswer<Feed>(feedOf(slug));
  const { live = [], coming = [], over = [] } = kept?.data ?? {};
  if (kept) await dropNamed(JSON.stringify(kept.data));
  await dropAnswers(({ closed }) => closed === slug);
  await dropCards([...live, ...coming, ...over].map((action) => action.id));
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
      ask(
        feedOf(slug),
        () => api.campaignFeed(slug),
        () => slug,
      ),
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
    if (isGone(error)) await dropAnswer(`actions/${id}`).catch(() => undefined);
    // An alert is all there is: the page is of when that came.
    const card = app.offline ? await findCard(id).catch(() => null) : null;
    if (card) app.noteKept("away", new Date(card.at).toISOString());
    throw error;
  }
}

async function askAction(id: string): Promise<Action> {
  const { data, kept } = await ask(
    `actions/${id}`,
    () => api.action(id),
    (action) => action.campaign,
  );
  if (kept !== null) return (await withItsCard(id, kept)) ?? data;
  await settleLinks(data.campaign);
  await renewCardsOf([data]);
  return data;
}

/** What the phone has of an action: as the server last said it, or as an alert did. */
export async function recallAction(id: string): Promise<Action | null> {
  return withItsCard(id, await recallAnswer<Action>(`actions/${id}`));
}

async function withItsCard(id: string, kept: Recalled<Action> | null): Promise<Action | null> {
  const feed = kept ? { ...NOTHING, live: [kept.data] } : NOTHING;
  return (await withCards(feed, kept?.kept ?? 0, app.language, id)).live[0] ?? null;
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** An action that the feed has already brought, so that a tap on it shows it at once. */
export function actionInFeed(id: string): Action | null {
  const { live = [], coming = [], over = [] } = app.feed ?? {};
  return [...live, ...coming, ...over].find((action) => action.id === id) ?? null;
}
