/** Ordering actions for a list. */
import type { Action, Feed } from "./api/types";
import { phase, type Phase } from "./time/clock";
import { formatDay } from "./time/format";

export interface Day {
  key: string;
  actions: Action[];
}

/** Groups neighbours that start on the same calendar day of their own zone, in the order given. */
export function byDay(actions: readonly Action[]): Day[] {
  const days: Day[] = [];
  for (const action of actions) {
    const key = formatDay(action.starts_at, "en", action.time_zone, 0);
    const last = days[days.length - 1];
    if (last?.key === key) last.actions.push(action);
    else days.push({ key, actions: [action] });
  }
  return days;
}

export interface Programme {
  live: Action[];
  coming: Action[];
  over: Action[];
}

/** Sorts what a feed brought by the clock of now: a kept feed is old, and an open page grows old. */
export function sortByPhase(actions: readonly Action[], now: number): Programme {
  const start = (action: Action) => Date.parse(action.starts_at);
  const of = (wanted: Phase) => actions.filter((action) => phaseOf(action, now) === wanted);
  return {
    live: of("during").sort((one, other) => Date.parse(one.ends_at) - Date.parse(other.ends_at)),
    coming: of("before").sort((one, other) => start(one) - start(other)),
    over: of("after").sort((one, other) => start(other) - start(one)),
  };
}

/** A cancelled action is never live. */
function phaseOf(action: Action, now: number): Phase {
  const found = phase(action.starts_at, action.ends_at, now);
  return found === "during" && action.state === "cancelled" ? "after" : found;
}

/** One feed of several: of the public campaigns, and of those that this device follows by invitation. */
export function mergeFeeds(first: Feed, others: readonly Feed[]): Feed {
  const all = [first, ...others];
  return {
    as_of: first.as_of,
    campaigns: all.flatMap((feed) => feed.campaigns),
    live: all.flatMap((feed) => feed.live),
    coming: all.flatMap((feed) => feed.coming),
    over: all.flatMap((feed) => feed.over),
  };
}
