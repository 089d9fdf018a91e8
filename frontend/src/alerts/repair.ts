/** What a phone's subscription needs, from what the browser and the server say of it. */

const DAY = 24 * 3600 * 1000;

/**
 * "send": the server is told of the one there is; "renew": a new one takes its place; "ask": the browser wants the
 * person's word first.
 */
export type Repair = "nothing" | "send" | "renew" | "ask";

export interface RepairFacts {
  permission: NotificationPermission;
  /** Alerts were turned on here, and not off again. */
  wanted: boolean;
  /** The browser's own: the key it was made for, when it ends (ms), and whether this very one was sent already. */
  current: { key: string; expires: number | null; sent: boolean } | null;
  /** The key that the server hands out now. */
  key: string;
  /** The server has a subscription of this device. */
  known: boolean;
  /** It is time to send it again. */
  due: boolean;
  /** In ms. */
  now: number;
}

export function chooseRepair(facts: RepairFacts): Repair {
  if (!facts.wanted || facts.permission === "denied") return "nothing";
  if (facts.permission !== "granted") return "ask";
  const { current } = facts;
  if (current === null || current.key !== facts.key || endsSoon(current.expires, facts.now)) return "renew";
  // The server had this one and has it no more: its push service said that it is gone.
  if (!facts.known && current.sent) return "renew";
  return !facts.known || facts.due ? "send" : "nothing";
}

function endsSoon(expires: number | null, now: number): boolean {
  return expires !== null && expires - now < DAY;
}
