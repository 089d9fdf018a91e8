/** The server's error codes in words. */
import { ApiError, NetworkError } from "../api/errors";
import type { MessageKey } from "./language";

const WORDS: Record<string, MessageKey> = {
  network: "no_network",
  follow_network: "follow_network",
  unkept: "error_unkept",
  gathering_gone: "error_gathering_gone",
  action_gone: "action_not_found",
  call_forgotten: "outreach_call_forgotten",
  no_device: "moved_refusal",
  transfer_useless: "transfer_useless",
  own_code: "transfer_own_code",
  throttled: "error_throttled",
  action_over: "error_over",
  action_cancelled: "error_cancelled",
  rally_banned: "error_banned",
  endpoint_taken: "alerts_taken",
  endpoint_moved_often: "alerts_moved_often",
  no_subscription: "test_no_subscription",
  consent_outdated: "consent_outdated",
  invitation_needed: "error_invitation",
  invitation_useless: "error_invitation_useless",
  outside_office_hours: "outreach_outside_hours",
  none_free: "outreach_none_free",
  holds_another: "outreach_holds_another",
  report_first: "outreach_report_first",
  already_reported: "outreach_already_reported",
  given_back: "outreach_given_back",
};

export function refusalText(code: string): MessageKey {
  return WORDS[code] ?? "error_unknown";
}

/** The code of whatever went wrong. */
export function refusalCode(error: unknown): string {
  if (error instanceof NetworkError) return "network";
  if (!(error instanceof ApiError)) return "unknown";
  return error.status === 429 && !(error.code in WORDS) ? "throttled" : error.code;
}
