/** What alerts left on this phone. Most phones have nothing of it, and load nothing for it. */
import type { Action, Feed } from "../api/types";
import { allCards } from "../store/card";
import { said } from "../words/words";
import { app } from "./state.svelte";

const loadTelling = () => import("../store/fresher");

/** A feed that was kept (when, in ms by the phone's clock), with what alerts have said since; `only`: of one action. */
export async function withCards(feed: Feed, kept: number, only?: string): Promise<Feed> {
  const now = Date.now();
  const all = await allCards().catch(() => []);
  const cards = all.filter((card) => card.expires > now && (only === undefined || card.action === only));
  if (cards.length === 0) return feed;
  // Where its file does not come, what was kept is better than nothing.
  const telling = await loadTelling().catch(() => null);
  return telling?.tellAnew(feed, cards, kept, app.language) ?? feed;
}

/** What alerts said is brought up to what the server says now. A phone without memory shows the page all the same. */
export async function renewCardsOf(actions: readonly Action[]): Promise<void> {
  const told = new Set((await allCards().catch(() => [])).map((card) => card.action));
  const outdated = actions.filter(({ id }) => told.has(id));
  if (outdated.length === 0) return;
  const renewing = loadTelling().then(({ renewCard }) =>
    Promise.all(outdated.map((action) => renewCard(action, (text) => said(text, action.campaign)))),
  );
  await renewing.catch(() => undefined);
}
