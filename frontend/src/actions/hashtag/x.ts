/** X's own way of counting (twitter-text, configuration 3). */

import { graphemes } from "../../words/graphemes";

export const URL_LENGTH = 23;
const LIGHT: [number, number][] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const TOP_LEVEL = "com|org|net|info|fr|eu|be|ch|ca|io|tv|me|co|uk|de|es|it|paris|bzh|app|dev|news";
const ADDRESS = new RegExp(
  `https?://\\S+|(^|[^@\\w.-])([\\p{L}\\d-]+\\.)+(${TOP_LEVEL})(?![\\p{L}\\d-])(/\\S*)?`,
  "giu",
);
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}|\u20e3/u;

/** Replaces each web address by as many plain characters as the networks count for it. */
export function shortenAddresses(text: string): string {
  return text.replace(ADDRESS, `$1${"x".repeat(URL_LENGTH)}`);
}

/** The length that X shows: addresses are 23, most letters 1, emoji and the rest of Unicode 2. */
export function weightedLength(text: string): number {
  let total = 0;
  for (const grapheme of graphemes(shortenAddresses(text.normalize("NFC")))) total += weight(grapheme);
  return total;
}

function weight(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2;
  let total = 0;
  for (const character of grapheme) total += isLight(character.codePointAt(0)!) ? 1 : 2;
  return total;
}

function isLight(code: number): boolean {
  return LIGHT.some(([first, last]) => code >= first && code <= last);
}
