/** The action's card that came inside an alert, already in the device's language. */
import type { Action, Broadcast, Kind, RallyCall } from "../api/types";
import { database, type KeptCard } from "./database";

export interface Card {
  action: string;
  kind: Kind;
  title: string;
  summary: string;
  /** Said of what is cancelled; an older alert's card does not say it. */
  state?: Action["state"];
  starts_at: string;
  ends_at: string;
  time_zone: string;
  hashtag?: string | null;
  /** Of a hashtag that is kept back; null with no hashtag: it was withdrawn. An older alert's card does not say it. */
  reveal_at?: string | null;
  link?: string;
  gatherings?: { id?: string; name: string; address: string; starts_at: string }[];
  legal_phone?: string;
  medium?: Broadcast["medium"];
  platform?: string;
  /** Of a solidarity alert: when it was last checked. */
  checked_at?: string;
  /** Of a rally. */
  declaration?: RallyCall["declaration"];
  text: string;
}

/** How long a card outlives its alert, in ms: a rally is still on when its alert has expired. */
const KEPT_AFTER_EXPIRY = 2 * 24 * 3600 * 1000;

/** `now`: when the alert came, in ms. */
export async function keepCard(card: Card, alert: string, expires: number, now: number): Promise<void> {
  const outlives = Math.max(expires, Date.parse(card.ends_at) || 0) + KEPT_AFTER_EXPIRY;
  await (await database()).put("cards", { ...card, alert, expires: outlives, at: now });
}

export async function findCard(action: string): Promise<KeptCard | null> {
  return (await (await database()).get("cards", action)) ?? null;
}

export async function allCards(): Promise<KeptCard[]> {
  return (await database()).getAll("cards");
}

export async function dropCards(actions: readonly string[]): Promise<void> {
  const db = await database();
  for (const action of actions) await db.delete("cards", action);
}

export async function dropOldCards(now: number): Promise<void> {
  const db = await database();
  for (const card of await db.getAll("cards")) {
    if (card.expires < now) await db.delete("cards", card.action);
  }
}

/** How the ids of places begin of which the alert did not say the id. */
export const UNKNOWN_PLACE = "card-";

/** False for a place of which the alert did not say the id. */
export function isKnownPlace(gathering: string): boolean {
  return !gathering.startsWith(UNKNOWN_PLACE);
}

/** True for an action made from a card, of which nothing but the alert is known. */
export function isFromCard(action: Action): boolean {
  return action.campaign === "";
}
