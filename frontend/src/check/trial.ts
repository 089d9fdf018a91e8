/** A real test alert on its way: where it is, from what the server and the service worker say. */

/** How long a test alert may take before something holds it back, in ms. */
export const USUAL = 20_000;

export interface TrialFacts {
  /** Since it was asked for, in ms. */
  elapsed: number;
  /** What the push service said, as the server tells; "gone": it knows this phone no more. */
  answer: "waiting" | "accepted" | "later" | "refused" | "gone";
  /** What the service worker said: how long it took in ms, and whether the browser took the notification. */
  arrived: { after: number; shown: boolean } | null;
  /** The person's word; null until it is given. */
  seen: boolean | null;
}

export type Trial =
  /** With us. */
  | "leaving"
  /** With the push service. */
  | "under-way"
  /** The same for too long. */
  | "not-left"
  | "held"
  | "later"
  | "refused"
  | "gone"
  | "not-shown"
  | "ask"
  | "unseen"
  | "late"
  | "good";

export function readTrial({ elapsed, answer, arrived, seen }: TrialFacts): Trial {
  if (arrived) {
    if (!arrived.shown) return "not-shown";
    if (seen === null) return "ask";
    if (!seen) return "unseen";
    return arrived.after > USUAL ? "late" : "good";
  }
  if (answer === "gone" || answer === "refused") return answer;
  if (elapsed < USUAL) return answer === "accepted" ? "under-way" : "leaving";
  return answer === "accepted" ? "held" : answer === "later" ? "later" : "not-left";
}

/** Something of the phone's own is to be changed, or of what it shows. */
export function troubleOf(trial: Trial | null): "held" | "unseen" | "none" {
  if (trial === "held" || trial === "late") return "held";
  return trial === "unseen" || trial === "not-shown" ? "unseen" : "none";
}
