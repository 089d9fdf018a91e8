/** What a reader would call one character. */

/** Browsers without Intl.Segmenter count code points, which is never fewer. */
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

export function graphemes(text: string): string[] {
  return segmenter ? [...segmenter.segment(text)].map(({ segment }) => segment) : [...text];
}
