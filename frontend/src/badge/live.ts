/** The number on the app's icon: how many actions are on now, of what this device follows. */
import type { Action, Device, Feed, Follow, Kind } from "../api/types";

/** What the rule needs of an action; a card that came with an alert has less than the feed. */
export interface Counted {
  id: string;
  campaign: string;
  kind: Kind;
  starts_at: string;
  ends_at: string;
  state: Action["state"];
  rally_call: Pick<NonNullable<Action["rally_call"]>, "declaration"> | null;
}

/**
 * Live: open and not banned, from its start until just before its end. Counted once each, in campaigns that are
 * followed, of the kinds that alerts were asked for: what somebody wants no alert of is no number on their icon either.
 */
export function countLive(
  actions: readonly Counted[],
  follows: readonly Pick<Follow, "campaign" | "kinds">[],
  now: number,
): number {
  const wanted = new Map(follows.map(({ campaign, kinds }) => [campaign, kinds]));
  const live = actions.filter(
    (action) =>
      action.state === "open" &&
      action.rally_call?.declaration !== "banned" &&
      Date.parse(action.starts_at) <= now &&
      now < Date.parse(action.ends_at) &&
      (wanted.get(action.campaign)?.includes(action.kind) ?? false),
  );
  return new Set(live.map(({ id }) => id)).size;
}

/** By what the app knows; null before it has a feed. Whoever erased everything has no number. */
export function badgeOf(known: { erased: boolean; feed: Feed | null; device: Device | null; now: number }) {
  if (known.erased) return 0;
  if (known.feed === null) return null;
  const { live, coming, over } = known.feed;
  return countLive([...live, ...coming, ...over], known.device?.follows ?? [], known.now);
}
