/** How long what is said of a case holds: a day from its last check, on this phone's clock, network or not. */
import type { Action } from "../api/types";

const HOLDS_FOR = 24 * 3600 * 1000;

/** When the case was last checked if that is too long ago to be taken for true, else "". */
export function unconfirmedSince(action: Action, now: number): string {
  const checked = action.solidarity_alert?.checked_at ?? "";
  return now - Date.parse(checked) > HOLDS_FOR ? checked : "";
}

/** True for a rally that the authorities forbade: nobody is led there. */
export function isBanned(action: Pick<Action, "rally_call">): boolean {
  return action.rally_call?.declaration === "banned";
}
