/** How an agreement stands to the text that is shown now. */
import type { Config, Follow } from "../api/types";

/**
 * `current`: to this very text. `older`: to one that still covers alerts, so that they come. `stopped`: to one that does
 * not, so that none comes before the person has agreed anew. Without the server's word it is taken for current.
 */
export type ConsentState = "current" | "older" | "stopped";

export function consentState({ consent_version }: Follow, config: Config | null): ConsentState {
  if (config === null || consent_version >= config.consent_version) return "current";
  return consent_version >= config.consent_valid_from ? "older" : "stopped";
}
