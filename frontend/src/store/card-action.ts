/** An action as a card says it, and a card as an action. */
import type { Action, TextMap } from "../api/types";
import { UNKNOWN_PLACE, type Card } from "./card";

const MOST_GATHERINGS = 3;

/** `say` picks the text in the phone's language. */
export function actionToCard(action: Action, say: (text: TextMap) => string): Card {
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
