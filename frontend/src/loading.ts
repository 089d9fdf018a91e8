/** Getting what the screens show. */
import { api } from "./api/client";
import type { Answer } from "./api/client";
import { ApiError, NetworkError } from "./api/errors";
import type { Action, Campaign, Feed } from "./api/types";
import { mergeFeeds } from "./programme";
import { app } from "./state.svelte";

export async function loadConfig(): Promise<void> {
  const answer = await api.config();
  app.config = answer.data;
  // A kept answer's clock is as old as the answer.
  if (answer.keptAt === null) app.setClock(answer.data.server_time, true);
}

export async function loadFeed(): Promise<Feed> {
  const shared = await fresh(api.feed());
  return (app.feed = mergeFeeds(shared, await loadClosedFeeds(shared)));
}

/** The feeds of campaigns that this device follows and that the public one does not hold. */
async function loadClosedFeeds(shared: Feed): Promise<Feed[]> {
  const open = new Set(shared.campaigns.map((campaign) => campaign.slug));
  const closed = (app.device?.follows ?? []).filter((follow) => !open.has(follow.campaign));
  const feeds = await Promise.allSettled(closed.map((follow) => api.campaignFeed(follow.campaign)));
  return feeds.flatMap((feed) => (feed.status === "fulfilled" ? [feed.value.data] : []));
}

/** The feed of one campaign and the campaign itself. */
export async function loadCampaign(slug: string): Promise<{ campaign: Campaign; feed: Feed }> {
  const [campaign, feed] = await Promise.all([fresh(api.campaign(slug)), fresh(api.campaignFeed(slug))]);
  return { campaign, feed };
}

/** An action of a public campaign; one of a closed campaign comes with that campaign's feed only. */
export async function loadAction(id: string): Promise<Action> {
  try {
    return await fresh(api.action(id));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    await loadFeed();
    const found = actionInFeed(id);
    if (found === null) throw error;
    return found;
  }
}

/** Notes on the way whether this is the state of now. */
async function fresh<T>(asked: Promise<Answer<T>>): Promise<T> {
  try {
    const answer = await asked;
    app.noteAnswer(answer.keptAt);
    return answer.data;
  } catch (error) {
    if (error instanceof NetworkError) app.offline = true;
    throw error;
  }
}

/** An action that the feed has already brought, so that a tap on it shows it at once. */
export function actionInFeed(id: string): Action | null {
  const { live = [], coming = [], over = [] } = app.feed ?? {};
  return [...live, ...coming, ...over].find((action) => action.id === id) ?? null;
}
