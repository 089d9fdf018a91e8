/** The action's card that came inside an alert, already in the device's language. */
import type { Action, Kind } from "../api/types";
import { database } from "./database";

export interface Card {
  action: string;
  kind: Kind;
  title: string;
  summary: string;
  starts_at: string;
  ends_at: string;
  time_zone: string;
  hashtag?: string;
  link?: string;
  gatherings?: { name: string; address: string; starts_at: string }[];
  legal_phone?: string;
  text: string;
}

/** How long a card outlives its alert, in ms: a rally is still on when its alert has expired. */
const KEPT_AFTER_EXPIRY = 2 * 24 * 3600 * 1000;

export async function keepCard(card: Card, alert: string, expires: number): Promise<void> {
  const outlives = Math.max(expires, Date.parse(card.ends_at) || 0) + KEPT_AFTER_EXPIRY;
  await (await database()).put("cards", { ...card, alert, expires: outlives });
}

export async function findCard(action: string): Promise<Card | null> {
  return (await (await database()).get("cards", action)) ?? null;
}

export async function dropOldCards(now: number): Promise<void> {
  const db = await database();
  for (const card of await db.getAll("cards")) {
    if (card.expires < now) await db.delete("cards", card.action);
  }
}

export async function dropAllCards(): Promise<void> {
  await (await database()).clear("cards");
}

/** What a card says about its action, for a page that has nothing better yet. */
export function cardToAction(card: Card, language: string): Action {
  const said = (text: string) => ({ [language]: text });
  return {
    id: card.action,
    campaign: "",
    kind: card.kind,
    title: said(card.title),
    summary: said(card.summary || card.text),
    starts_at: card.starts_at,
    ends_at: card.ends_at,
    time_zone: card.time_zone,
    state: "open",
    successor: null,
    links: [],
    media: [],
    gatherings: (card.gatherings ?? []).map((gathering, index) => ({
      id: `card-${index}`,
      name: said(gathering.name),
      address: gathering.address,
      departement: "",
      starts_at: gathering.starts_at,
      ends_at: null,
      latitude: null,
      longitude: null,
      practical: {},
    })),
    hashtag_push:
      card.kind === "hashtag_push"
        ? { hashtag: card.hashtag ?? null, reveal_at: null, link: card.link ?? "", talking_points: {}, questions: null }
        : null,
    rally_call: card.kind === "rally_call" ? { declaration: "undeclared", practical: {} } : null,
    solidarity_alert:
      card.kind === "solidarity_alert"
        ? {
            what_to_do: said(card.text),
            source: "",
            checked_at: "",
            legal_phone: card.legal_phone ?? "",
            persons: [],
          }
        : null,
  };
}

/** True for an action made from a card: its gatherings have no id that the server knows. */
export function isFromCard(action: Action): boolean {
  return action.campaign === "";
}
