/** The number on the icon after an alert: from what the phone has kept, as 100,000 phones hear of an action at once. */
import { countLive, type Counted } from "../badge/live";
import type { Feed } from "../api/types";
import type { Card } from "../store/card";
import { recallAnswer } from "../store/answers";
import { preference } from "../store/preferences";

/** Null when nothing is known that could be counted: the number stays as it is. */
export async function countKept(card: Card | null, now: number): Promise<number | null> {
  const follows = (await preference("device"))?.follows ?? [];
  const kept = await keptActions(follows);
  if (kept === null && card === null) return null;
  const known = new Map((kept ?? []).map((action) => [action.id, action]));
  const told = card && fromCard(card, known.get(card.action));
  if (told) known.set(told.id, told);
  // An alert comes from what is followed: a card that the feed does not know yet names no campaign.
  const any = { campaign: "", kinds: card ? [card.kind] : [] };
  return countLive([...known.values()], [...follows, any], now);
}

async function keptActions(follows: readonly { campaign: string }[]): Promise<Counted[] | null> {
  const asked = ["feed", ...follows.map(({ campaign }) => `campaigns/${campaign}/feed`)];
  const kept = await Promise.all(asked.map((each) => recallAnswer<Feed>(each).catch(() => null)));
  const feeds = kept.flatMap((answer) => (answer === null ? [] : [answer.data]));
  return feeds.length === 0 ? null : feeds.flatMap(({ live, coming, over }) => [...live, ...coming, ...over]);
}

/** The hours in an alert are newer than those that were kept. */
function fromCard(card: Card, known: Counted | undefined): Counted {
  const { action, kind, starts_at, ends_at, declaration } = card;
  const rally_call = declaration ? { declaration } : (known?.rally_call ?? null);
  const state = card.state ?? known?.state ?? "open";
  return { campaign: "", ...known, id: action, kind, starts_at, ends_at, state, rally_call };
}
