/** What an action has to look at and to relay. */
import type { Action, Medium } from "../api/types";
import { isWebAddress } from "./gatherings";

/** Pictures of our own, and links that are web addresses. */
export function mediaOf(action: Action): Medium[] {
  return action.media.filter((medium) => medium.picture !== null || isWebAddress(medium.url));
}
