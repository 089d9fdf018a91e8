/** The action's card that came inside an alert, already in the device's language. */
import type { Action, Broadcast, Kind, RallyCall, TextMap } from "../api/types";
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

const MOST_GATHERINGS = 3;

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

/**
 * What the server says of an action takes the place of what an alert said of it: a name that was taken back, or a place
 * that moved, stays on no card. `say` picks the text in the phone's language.
 */
export async function renewCards(actions: readonly Action[], say: (text: TextMap) => string): Promise<void> {
  const db = await database();
  for (const action of actions) {
    const card = await db.get("cards", action.id);
    if (card)
      await db.put("cards", { ...actionToCard(action, say), alert: card.alert, expires: card.expires, at: Date.now() });
  }
}

function actionToCard(action: Action, say: (text: TextMap) => string): Card {
  const push = action.hashtag_push;
  const alert = action.solidarity_alert;
  return {
    action: action.id,
    kind: action.kind,
    title: say(action.title),
    summary: say(action.summary),
    state: action.state,
    starts_at: action.starts_at,
    ends_at: action.ends_at,
    time_zone: action.time_zone,
    ...(push && { hashtag: push.hashtag, reveal_at: push.reveal_at, link: push.link }),
    gatherings: action.gatherings.slice(0, MOST_GATHERINGS).map((gathering) => ({
      id: gathering.id,
      name: say(gathering.name),
      address: gathering.address,
      starts_at: gathering.starts_at,
    })),
    ...(action.broadcast ?? {}),
    ...(alert ? { legal_phone: alert.legal_phone, checked_at: alert.checked_at } : {}),
    ...(action.rally_call ? { declaration: action.rally_call.declaration } : {}),
    text: say(alert?.what_to_do ?? {}),
  };
}

/** What a card says about its action, for a page that has nothing better yet. */
export function cardToAction(card: Card, language: string): Action {
  // "": nobody has told this phone; null would say that the hashtag was withdrawn.
  const { reveal_at = "" } = card;
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
    goal: null,
    state: card.state ?? "open",
    successor: null,
    links: [],
    media: [],
    gatherings: (card.gatherings ?? []).map((gathering, index) => ({
      id: gathering.id ?? `${UNKNOWN_PLACE}${index}`,
      name: said(gathering.name),
      address: gathering.address,
      departement: "",
      starts_at: gathering.starts_at,
      ends_at: null,
      latitude: null,
      longitude: null,
      practical: {},
      picture: null,
      picture_alt: {},
    })),
    recap: null,
    figures: [],
    hashtag_push:
      card.kind === "hashtag_push"
        ? {
            hashtag: card.hashtag ?? null,
            reveal_at,
            link: card.link ?? "",
            talking_points: {},
            questions: null,
          }
        : null,
    rally_call: card.kind === "rally_call" ? { declaration: card.declaration ?? "undeclared", practical: {} } : null,
    solidarity_alert:
      card.kind === "solidarity_alert"
        ? {
            what_to_do: said(card.text),
            source: "",
            checked_at: card.checked_at ?? "",
            legal_phone: card.legal_phone ?? "",
            persons: [],
          }
        : null,
    broadcast:
      card.kind === "broadcast"
        ? { medium: card.medium ?? "stream", platform: card.platform ?? "", link: card.link ?? "" }
        : null,
    outreach: card.kind === "outreach" ? unknownOutreach(card) : null,
  };
}

/** What to say and how far it is come with the network, as does whom to call. */
function unknownOutreach(card: Card): Action["outreach"] {
  return {
    script: {},
    points: {},
    claim_hours: 0,
    goal: {
      target: 0,
      counted: 0,
      departements: 0,
      departements_needed: 0,
      departement_cap: 0,
      full: 0,
      most: 0,
      total: 0,
      beyond: 0,
    },
    published_as_of: null,
    office: { opens_at: card.starts_at, closes_at: card.starts_at },
  };
}

const UNKNOWN_PLACE = "card-";

/** False for a place of which the alert did not say the id. */
export function isKnownPlace(gathering: string): boolean {
  return !gathering.startsWith(UNKNOWN_PLACE);
}

/** True for an action made from a card, of which nothing but the alert is known. */
export function isFromCard(action: Action): boolean {
  return action.campaign === "";
}
