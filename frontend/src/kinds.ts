/** The kinds of action that a person may follow, in the order in which they are offered. */
import type { Kind } from "./api/types";

export const KINDS: readonly Kind[] = ["hashtag_push", "rally_call", "solidarity_alert"];
