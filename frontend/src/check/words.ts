/** The texts of this room, in files of their own: most people never need them. */
import type source from "./texts/fr.json";
import { FALLBACK } from "../words/languages";
import { app } from "../app/state.svelte";

export type CheckKey = keyof typeof source;
type Catalogue = Record<CheckKey, string>;

const FOLDER = "./texts/";
const files = import.meta.glob<Catalogue>("./texts/*.json", { import: "default" });
const catalogues = new Map<string, Catalogue>();

/** Fetches them; a language without this room's texts has it in the main one. Rejects without network. */
export async function loadCheckWords(language: string): Promise<void> {
  if (catalogues.has(language)) return;
  const load = files[`${FOLDER}${language}.json`] ?? files[`${FOLDER}${FALLBACK}.json`];
  if (load) catalogues.set(language, await load());
}

export function c(key: CheckKey, parameters: Record<string, string | number> = {}): string {
  const text = catalogues.get(app.language)?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
