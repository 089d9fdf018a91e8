/** What the worker itself says: two texts of each language, taken out of its file when the worker is built. */
import { FALLBACK } from "../words/languages";

const TITLES = import.meta.glob<string>("../../messages/*.json", { eager: true, import: "neutral_title" });
const BODIES = import.meta.glob<string>("../../messages/*.json", { eager: true, import: "neutral_body" });

/** Title and text of a message that cannot be read, in the main language where there are none in this one. */
export function neutralWords(language: string): { title: string; body: string } {
  const wanted = path(language) in TITLES ? path(language) : path(FALLBACK);
  return { title: TITLES[wanted] ?? "", body: BODIES[wanted] ?? "" };
}

function path(language: string): string {
  return `../../messages/${language}.json`;
}
