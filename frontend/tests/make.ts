/** Plain factories. */
import type { Action, Gathering } from "../src/api/types";
import type { Card } from "../src/store/card";

export function makePayload(changes: { notification?: object; data?: object } = {}): string {
  return JSON.stringify({
    web_push: 8030,
    mutable: true,
    notification: {
      title: "Ça commence",
      body: "Tous ensemble jusqu'à 20 h",
      navigate: "https://site.example/a/a1?alert=al1",
      tag: "al1",
      lang: "fr",
      data: { type: "alert", id: "al1", receipt: "n1", sample: 1, expires: 4_000_000_000, ...changes.data },
      ...changes.notification,
    },
  });
}

export function makeCard(changes: Partial<Card> = {}): Card {
  return {
    action: "a1",
    kind: "rally_call",
    title: "Devant la Sorbonne",
    summary: "Venez.",
    starts_at: "2026-11-24T11:00:00Z",
    ends_at: "2026-11-24T13:00:00Z",
    time_zone: "Europe/Paris",
    gatherings: [{ name: "Sorbonne", address: "Place de la Sorbonne", starts_at: "2026-11-24T11:00:00Z" }],
    text: "Mardi midi.",
    ...changes,
  };
}

export function makeGathering(changes: Partial<Gathering> = {}): Gathering {
  return {
    id: "g1",
    name: { fr: "Sorbonne" },
    address: "Place de la Sorbonne, Paris",
    departement: "75",
    starts_at: "2026-11-24T11:00:00Z",
    ends_at: null,
    latitude: null,
    longitude: null,
    practical: {},
    picture: null,
    picture_alt: {},
    ...changes,
  };
}

export function makeAction(changes: Partial<Action> = {}): Action {
  return {
    id: "a1",
    campaign: "c1",
    kind: "hashtag_push",
    title: { fr: "Vague" },
    summary: {},
    starts_at: "2026-11-22T17:00:00Z",
    ends_at: "2026-11-22T19:00:00Z",
    time_zone: "Europe/Paris",
    goal: null,
    state: "open",
    successor: null,
    links: [],
    media: [],
    gatherings: [],
    recap: null,
    figures: [],
    hashtag_push: null,
    rally_call: null,
    solidarity_alert: null,
    broadcast: null,
    outreach: null,
    ...changes,
  };
}
