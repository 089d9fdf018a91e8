/** The kinds of action that a person may follow, in the order in which they are offered. */
import type { Kind } from "../api/types";
import type { MessageKey } from "../words/language";
import type { Phase } from "../time/clock";

export const KINDS: readonly Kind[] = ["hashtag_push", "rally_call", "solidarity_alert", "broadcast", "outreach"];

const LISTENING = { before: "count_will_listen", during: "count_listening", after: "count_listened" } as const;

/** What those who joined do: what is heard together is said so while it is on. */
export function joinedWords(kind: Kind, now: Phase): MessageKey {
  return kind === "broadcast" ? LISTENING[now] : "count_joined";
}

/** What is said of those who have done it, where it is counted; null where joining is all there is to do. */
export function doneWords(kind: Kind): MessageKey | null {
  return kind === "hashtag_push" ? "count_done" : kind === "outreach" ? "count_called" : null;
}

/** What a list says of one's own part that is done. */
export function doneMark(kind: Kind): MessageKey {
  return kind === "outreach" ? "called_mark" : "posted_mark";
}
