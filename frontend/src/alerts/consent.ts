/** How an agreement stands to the text that is shown now. */
import type { Config, Follow } from "../api/types";

/**
 * The number of the text that this build shows (`consent` in messages/), which is the one that an agreement given here
 * is to. One more each time its meaning changes, here and in the server's settings.
 */
export const CONSENT_VERSION = 1;

/** The SHA-256 of that text in each language: no text changes without a look at its number. */
export const CONSENT_TEXTS: Record<string, string> = {
  en: "674e7871f47f262a8ddbd8fa7f0eae99d6ca44f4e22c362be757a63c383268e4",
  fr: "030ac7287caa9e5a11e0b28a7751d19fff0c29ae7cbdb723c7cb5fa8aedaee8b",
};

/**
 * `current`: to this very text. `older`: to one that still covers alerts, so that they come. `stopped`: to one that does
 * not, so that none comes before the person has agreed anew. Without the server's word it is taken for current.
 */
export type ConsentState = "current" | "older" | "stopped";

export function consentState({ consent_version }: Follow, config: Config | null): ConsentState {
  if (config === null || consent_version >= config.consent_version) return "current";
  return consent_version >= config.consent_valid_from ? "older" : "stopped";
}
