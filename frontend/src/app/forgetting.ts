/** What does not stay on the phone: what was taken down, left, or is over. */
import type { Action, Feed } from "../api/types";
import { dropLink } from "../campaigns/links";
import { dropAnswers, recallAnswer } from "../store/answers";
import { allCards, dropCards } from "../store/card";
import { dropMissing, dropNamed } from "../worker/pictures";
import { app } from "./state.svelte";
import { dropTraces } from "./traces";

/** An alert of what has just begun may be here before the feeds tell of it: by so much, in ms, at most. */
const FEEDS_LAG = 60_000;

export const feedOf = (slug: string) => `campaigns/${slug}/feed`;

export function actionsOf(feed: Feed | null | undefined): Action[] {
  return feed ? [...feed.live, ...feed.coming, ...feed.over] : [];
}

const pulseOf = (id: string) => `actions/${id}/pulse`;

/**
 * A feed holds its actions whole, but for their counts and notes. What was kept of single actions goes with each new
 * one: what was taken out since stays on no phone, nor does what has been over for so long that no feed holds it. So
 * goes what was kept of closed campaigns that this phone does not know any more.
 */
export async function forgetWhatIsOutdated(feed: Feed, closedOnes: readonly string[]): Promise<void> {
  const known = new Set([...feed.campaigns.map((campaign) => campaign.slug), ...closedOnes]);
  const pulses = new Set(actionsOf(feed).map(({ id }) => pulseOf(id)));
  await dropAnswers(({ asked, closed }) =>
    closed === null ? asked.startsWith("actions/") && !pulses.has(asked) : !known.has(closed),
  );
  await dropMissing(JSON.stringify(feed));
}

/**
 * Those that no feed names, once all have been answered that were asked then (in ms): an alert may be all that was ever
 * seen of one that was taken down, or whose campaign was left.
 */
export async function forgetOtherActions(actions: readonly Action[], asked: number): Promise<void> {
  const known = new Set(actions.map((action) => action.id));
  const outdated = (await allCards()).filter((card) => card.at < asked - FEEDS_LAG && !known.has(card.action));
  await dropCards(outdated.map((card) => card.action));
  const onScreen = app.route.screen === "action" ? app.route.id : "";
  await dropTraces((action) => !known.has(action) && action !== onScreen);
}

/** It was left, or its link was changed and opens nothing any more: nothing of it stays on the phone. */
export async function forgetCampaign(slug: string): Promise<void> {
  await dropLink(slug);
  const kept = await recallAnswer<Feed>(feedOf(slug));
  if (kept) await dropNamed(JSON.stringify(kept.data));
  await dropAnswers(({ closed }) => closed === slug);
  const its = actionsOf(kept?.data).map((action) => action.id);
  await dropCards(its);
  await dropTraces((action) => its.includes(action), slug);
}

/** It was taken down, or is not for this phone any more. */
export async function forgetAction(id: string): Promise<void> {
  await dropAnswers(({ asked }) => asked === `actions/${id}` || asked === pulseOf(id));
  await dropCards([id]);
  await dropTraces((action) => action === id);
}
