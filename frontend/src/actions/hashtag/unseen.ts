/** The sign of a hashtag that is not there. */
import type { HashtagPush } from "../../api/types";

/** What to say in place of a hashtag. An hour that is empty, not null, was told by no alert and no server yet. */
export function unseen({ reveal_at }: HashtagPush, cancelled: boolean) {
  if (reveal_at === "") return "hashtag_unknown";
  return reveal_at && !cancelled ? "hashtag_hidden" : "hashtag_withdrawn";
}
