/** Getting what the screens show. */
import { api } from "./api/client";
import type { Answer } from "./api/client";
import { NetworkError } from "./api/errors";
import type { Action, Campaign, Feed } from "./api/types";
import { app } from "./state.svelte";

export async function loadConfig(): Promise<void> {
  const answer = await api.config();
  app.config = answer.data;
  // A kept answer's clock is as old as the answer.
  if (answer.keptAt === null) app.setClock(answer.data.server_time, true);
}

export async function loadFeed(): Promise<Feed> {
  return (app.feed = await fresh(api.feed()));
}

/** The feed of one campaign and the campaign itself. */
export async function loadCampaign(slug: string): Promise<{ campaign: Campaign; feed: Feed }> {
  const [campaign, feed] = await Promise.all([fresh(api.campaign(slug)), fresh(api.campaignFeed(slug))]);
  return { campaign, feed };
}

export function loadAction(id: string): Promise<Action> {
  return fresh(api.action(id));
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
