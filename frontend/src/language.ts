/** The app's texts: one file a language in messages/, found by themselves. */
import type source from "../messages/fr.json";

export type MessageKey = keyof typeof source;
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Parameters = Record<string, string | number>;

export const FALLBACK = "fr";

const files = import.meta.glob<Record<string, Message>>("../messages/*.json", { eager: true, import: "default" });
const catalogues = new Map(
  Object.entries(files).map(([path, texts]) => [path.slice("../messages/".length, -5), texts]),
);

export function languages(): string[] {
  return [...catalogues.keys()];
}

/** The first of the wanted languages ("fr-CA" counts as "fr") that there is. */
export function chooseLanguage(wanted: readonly string[], available: readonly string[]): string {
  const found = wanted.map((tag) => tag.toLowerCase().split("-")[0]!).find((code) => available.includes(code));
  return found ?? (available.includes("en") ? "en" : FALLBACK);
}

/** The text of a key. A plural one is chosen by `count`. */
export function translate(language: string, key: MessageKey, parameters: Parameters = {}, count?: number): string {
  const message = catalogues.get(language)?.[key] ?? catalogues.get(FALLBACK)?.[key] ?? key;
  const text = typeof message === "string" ? message : choosePlural(message, language, count ?? 0);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

function choosePlural(forms: Exclude<Message, string>, language: string, count: number): string {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other ?? "";
}

/** An organiser's text in the language wanted, else the campaign's main one, else any; with the language it is in. */
export function pick<T>(
  map: Record<string, T> | null,
  language: string,
  main: string,
): { value: T; lang: string } | null {
  if (map === null) return null;
  const lang = [language, main, ...Object.keys(map)].find((code) => !isBlank(map[code]));
  return lang === undefined ? null : { value: map[lang] as T, lang };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (value as { length?: number }).length === 0;
}

export function languageName(code: string): string {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
