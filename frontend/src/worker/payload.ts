/** What comes inside a push message: Declarative Web Push, with our own `data`. */
import type { Card } from "../store/card";

/** "canary": the operator's own check that messages arrive; it is reported like an alert. */
const TYPES = ["alert", "verification", "test", "approval", "canary"] as const;

export interface Alert {
  title: string;
  body: string;
  /** Where a tap leads, absolute. */
  navigate: string;
  tag: string;
  lang: string;
  /** It takes its place without ringing. */
  silent: boolean;
  type: (typeof TYPES)[number];
  id: string;
  receipt: string;
  /** One device in so many reports that the alert was shown. */
  sample: number;
  /** In ms since the epoch. */
  expires: number;
  card: Card | null;
}

const DAY = 24 * 3600 * 1000;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Reads a message; null for one that is empty, broken or not ours, which is shown all the same. */
export function readPayload(message: string | null, now: number): Alert | null {
  const notification = record(record(parse(message ?? ""))["notification"]);
  const data = record(notification["data"]);
  const title = text(notification["title"]);
  if (title === "") return null;
  const id = text(data["id"]);
  const expires = Number(data["expires"]) * 1000;
  return {
    title,
    body: text(notification["body"]),
    navigate: text(notification["navigate"]),
    tag: text(notification["tag"]) || id,
    lang: text(notification["lang"]),
    silent: notification["silent"] === true,
    type: readType(data["type"]),
    id,
    receipt: text(data["receipt"]),
    sample: Math.max(1, Math.floor(Number(data["sample"])) || 1),
    expires: Number.isFinite(expires) && expires > 0 ? expires : now + DAY,
    card: readCard(data["card"]),
  };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}

function readType(value: unknown): Alert["type"] {
  return TYPES.find((type) => type === value) ?? "alert";
}

function readCard(value: unknown): Card | null {
  const card = record(value);
  return text(card["action"]) && text(card["title"]) ? (card as unknown as Card) : null;
}
