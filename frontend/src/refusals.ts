/** The server's error codes in words. */
import { ApiError, NetworkError } from "./api/errors";
import type { MessageKey } from "./language";

const WORDS: Record<string, MessageKey> = {
  network: "no_network",
  throttled: "error_throttled",
  action_over: "error_over",
  action_cancelled: "error_cancelled",
  rally_banned: "banned",
  endpoint_taken: "alerts_taken",
  no_subscription: "test_no_subscription",
  invitation_needed: "error_invitation",
};

export function refusalText(code: string): MessageKey {
  return WORDS[code] ?? "error_unknown";
}

/** The code of whatever went wrong. */
export function refusalCode(error: unknown): string {
  if (error instanceof NetworkError) return "network";
  if (!(error instanceof ApiError)) return "unknown";
  return error.status === 429 ? "throttled" : error.code;
}
