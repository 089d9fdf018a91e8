/** A programme that follows the clock. */
import { untrack } from "svelte";

import type { Action } from "../api/types";
import { app } from "../app/state.svelte";
import { sortByPhase, turnOf, type Programme } from "./programme";

/** The programme of some actions: made anew when they change or one of them begins or ends, not each second. */
export function programmeNow(actions: () => readonly Action[]): () => Programme {
  const turn = $derived(turnOf(actions(), app.now));
  const programme = $derived.by(() => {
    void turn;
    const now = untrack(() => app.now);
    return sortByPhase(actions(), now);
  });
  return () => programme;
}
