/** The app's texts: one file a language in messages/, fetched when it is spoken. */
import type source from "../../messages/fr.json";
import { fetchFile } from "../api/files";
import { pluralRules } from "./formatters";

export type MessageKey = keyof typeof source;
type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Parameters = Record<string, string | number>;

type Catalogue = Record<string, Message>;
/** In the built app where it is fetched from, else the texts themselves. */
type Part = string | Catalogue | undefined;

const FOLDER = "../../messages/";
/** Cut in two by scripts/split-messages.ts: what the first screens say, and the rest. */
const FIRST = import.meta.glob<Part>("../../messages/*.json", { import: "default", query: "?first", eager: true });
const LATER = import.meta.glob<Part>("../../messages/*.json", { import: "default", query: "?later", eager: true });
const catalogues = new Map<string, Catalogue>();
const files = new Map<string, Promise<Catalogue>>();
let all = false;

/** Fetches a language's texts; what is translated before they are here shows the key. Rejects without network. */
export async function loadLanguage(language: string): Promise<void> {
  const path = `${FOLDER}${language}.json`;
  const parts = await Promise.all([read(FIRST[path]), all ? read(LATER[path]) : undefined]);
  catalogues.set(language, Object.assign({}, catalogues.get(language), ...parts));
}

async function read(part: Part): Promise<Catalogue | undefined> {
  if (typeof part !== "string") return part;
  const known = files.get(part) ?? fetchFile<Catalogue>(part);
  files.set(part, known);
  known.catch(() => files.delete(part));
  return known;
}

/** From now on also what only screens further inside say. */
export async function loadAllTexts(language: string): Promise<void> {
  all = true;
  await loadLanguage(language);
}

/** The text of a key. A plural one is chosen by `count`. */
export function translate(language: string, key: MessageKey, parameters: Parameters = {}, count?: number): string {
  const message = catalogues.get(language)?.[key] ?? key;
  const text = typeof message === "string" ? message : choosePlural(message, language, count ?? 0);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

function choosePlural(forms: Exclude<Message, string>, language: string, count: number): string {
  return forms[pluralRules(language).select(count)] ?? forms.other ?? "";
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
