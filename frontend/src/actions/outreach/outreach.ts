/** Calling officials: what can be done now, and how far the goal is. */
import type { Claim, Office, OutreachGoal, Result } from "../../api/types";

/** What a call can have come to, in the order in which it is offered. */
export const RESULTS: readonly Result[] = [
  "no_answer",
  "call_again",
  "hesitates",
  "promises",
  "sent",
  "refuses",
  "stop",
];

/** `held`: there is somebody to call; `late`: the time for it is over; `resting`: reports are wanted first. */
export type Calling = "held" | "late" | "resting" | "closed" | "free";

export interface Standing {
  claim: Claim | null;
  restUntil: string | null;
  office: Office;
}

export function calling({ claim, restUntil, office }: Standing, now: number): Calling {
  if (claim) return isRunning(claim, now) ? "held" : "late";
  if (restUntil !== null && now < Date.parse(restUntil)) return "resting";
  return isClosed(office, now) ? "closed" : "free";
}

export function isRunning(claim: Claim, now: number): boolean {
  return now < Date.parse(claim.until);
}

/** True before the next opening; hours that are over say nothing of now: the server is asked. */
export function isClosed(office: Office, now: number): boolean {
  return now < Date.parse(office.opens_at);
}

/** True while one may call there: between opening and closing. */
export function isOpen(office: Office, now: number): boolean {
  return !isClosed(office, now) && now < Date.parse(office.closes_at);
}

/** The results on offer: "call again" only where somebody will. */
export function resultsFor(claim: Claim): Result[] {
  return RESULTS.filter((result) => result !== "call_again" || claim.again_first !== null);
}

export interface Bar {
  name: "total" | "departements" | "cap";
  reached: number;
  of: number;
  /** In percent, 100 at most. */
  share: number;
}

/** Three bars: those that count, the departements, the fullest departement. */
export function bars(goal: OutreachGoal): Bar[] {
  const bar = (name: Bar["name"], reached: number, of: number): Bar => ({
    name,
    reached,
    of,
    share: of > 0 ? Math.min(100, (reached / of) * 100) : 0,
  });
  return [
    bar("total", goal.counted, goal.target),
    bar("departements", goal.departements, goal.departements_needed),
    bar("cap", goal.most, goal.departement_cap),
  ];
}

/** An e-mail to the office, with nothing written in it: the words are the person's own. */
export function mailLink(email: string): string {
  return `mailto:${encodeURIComponent(email).replaceAll("%40", "@")}`;
}
