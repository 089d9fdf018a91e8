/** Ordering actions for a list. */
import type { Action, Feed } from "../api/types";
import { phase, type Phase } from "../time/clock";
import { calendarDay } from "../time/format";

export interface Day {
  key: string;
  actions: Action[];
}

/** Groups neighbours that start on the same calendar day of their own zone, in the order given. */
export function byDay(actions: readonly Action[]): Day[] {
  const days: Day[] = [];
  for (const action of actions) {
    const key = String(calendarDay(new Date(action.starts_at), action.time_zone));
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

/** Changes when an action begins or ends: then, and not each second, lists are made anew. */
export function turnOf(actions: readonly Action[], now: number): string {
  return actions.map((action) => phaseOf(action, now)).join();
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

/** What an action leads to: known to the phone whole (`action`), or by its id alone. */
export interface Next {
  id: string;
  action: Action | null;
}

/** Where an action leads once it is over: to its successor; if that is over or cancelled, to what comes after that one. */
export function comesNext(action: Action, find: (id: string) => Action | null, now: number): Next | null {
  const seen = new Set([action.id]);
  let over: Next | null = null;
  for (let id = action.successor; id !== null && !seen.has(id);) {
    seen.add(id);
    const found = find(id);
    if (found === null) return over ?? { id, action: null };
    if (found.state === "open" && phaseOf(found, now) !== "after") return { id, action: found };
    // When all of it is over, the page of the first of them says what came of it.
    if (found.state === "open") over ??= { id, action: found };
    id = found.successor;
  }
  return over;
}

/** What else of the same campaign is on, or comes first: for what is over and names nothing that follows. */
export function nextInCampaign(action: Action, all: readonly Action[], now: number): Action | null {
  const others = all.filter((other) => other.campaign === action.campaign && other.id !== action.id);
  const { live, coming } = sortByPhase(
    others.filter((other) => other.state === "open"),
    now,
  );
  return [...live, ...coming][0] ?? null;
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
