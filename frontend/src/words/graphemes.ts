/** What a reader would call one character. */

import { segmenter } from "./formatters";

/** Browsers without Intl.Segmenter count code points, which is never fewer. */
export function graphemes(text: string): string[] {
  return "Segmenter" in Intl ? [...segmenter().segment(text)].map(({ segment }) => segment) : [...text];
}
