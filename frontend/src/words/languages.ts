/** Which languages there are: one file each in messages/, found by themselves. The texts are not in here. */

/** The language that the texts are written in first. */
export const FALLBACK = "fr";

/** Set by vite.config.ts when the app is built. */
declare const __LANGUAGES__: string[];

export function languages(): string[] {
  return __LANGUAGES__;
}

/** The first of the wanted languages ("fr-CA" counts as "fr") that there is. */
export function chooseLanguage(wanted: readonly string[], available: readonly string[]): string {
  const found = wanted.map((tag) => tag.toLowerCase().split("-")[0]!).find((code) => available.includes(code));
  return found ?? (available.includes("en") ? "en" : FALLBACK);
}
