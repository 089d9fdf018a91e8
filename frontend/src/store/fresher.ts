/** What an alert said after the server was last heard: a place that moved is shown where it moved to. */
import type { Action, Feed, Gathering, HashtagPush, TextMap } from "../api/types";
import { actionToCard, cardToAction } from "./card-action";
import { database, type KeptCard } from "./database";

/**
 * A feed that was kept (when, in ms by the phone's clock) with what newer cards say of its actions, and with the actions
 * that only cards tell of.
 */
export function tellAnew(feed: Feed, cards: readonly KeptCard[], kept: number, language: string): Feed {
  const newer = new Map(cards.filter((card) => card.at > kept).map((card) => [card.action, card]));
  const told = (action: Action) => {
    const card = newer.get(action.id);
    return card ? retold(action, card, language) : action;
  };
  const known = new Set([...feed.live, ...feed.coming, ...feed.over].map((action) => action.id));
  const alone = cards.filter((card) => !known.has(card.action)).map((card) => cardToAction(card, language));
  const oldest = Math.min(...cards.map((card) => card.at));
  return {
    ...feed,
    as_of: feed.as_of || new Date(oldest).toISOString(),
    live: [...feed.live.map(told), ...alone],
    coming: feed.coming.map(told),
    over: feed.over.map(told),
  };
}

/**
 * What the server says of an action takes the place of what an alert said of it: a name that was taken back, or a place
 * that moved, stays on no card. `say` picks the text in the phone's language.
 */
export async function renewCard(action: Action, say: (text: TextMap) => string): Promise<void> {
  const db = await database();
  const card = await db.get("cards", action.id);
  if (card)
    await db.put("cards", { ...actionToCard(action, say), alert: card.alert, expires: card.expires, at: Date.now() });
}

/** An action as it was kept, with what its newer card says. */
function retold(action: Action, card: KeptCard, language: string): Action {
  const fresh = cardToAction(card, language);
  const { hashtag_push, rally_call, solidarity_alert, broadcast } = action;
  return {
    ...action,
    title: { ...action.title, ...fresh.title },
    state: card.state ?? action.state,
    starts_at: fresh.starts_at,
    ends_at: fresh.ends_at,
    gatherings: card.gatherings ? movedTo(action.gatherings, fresh.gatherings) : action.gatherings,
    hashtag_push: hashtag_push && retoldPush(hashtag_push, card),
    rally_call: rally_call && { ...rally_call, declaration: card.declaration ?? rally_call.declaration },
    solidarity_alert: solidarity_alert && {
      ...solidarity_alert,
      checked_at: card.checked_at ?? solidarity_alert.checked_at,
      legal_phone: card.legal_phone ?? solidarity_alert.legal_phone,
    },
    broadcast: broadcast && {
      ...broadcast,
      link: card.link ?? broadcast.link,
      platform: card.platform ?? broadcast.platform,
    },
  };
}

/** A hashtag that the server told stays known though the alert left before that; not so after its withdrawal. */
function retoldPush(push: HashtagPush, card: KeptCard): HashtagPush {
  const { reveal_at = push.reveal_at, link = push.link } = card;
  return { ...push, hashtag: card.hashtag ?? (card.reveal_at === null ? null : push.hashtag), reveal_at, link };
}

/** A card holds the first few places; the others stay as they were. */
function movedTo(kept: readonly Gathering[], told: readonly Gathering[]): Gathering[] {
  const fresh = new Map(told.map((place) => [place.id, place]));
  const moved = kept.map((place) => {
    const now = fresh.get(place.id);
    return now
      ? { ...place, name: { ...place.name, ...now.name }, address: now.address, starts_at: now.starts_at }
      : place;
  });
  const known = new Set(kept.map((place) => place.id));
  return [...moved, ...told.filter((place) => !known.has(place.id))];
}
