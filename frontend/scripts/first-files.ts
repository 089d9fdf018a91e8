/**
 * Tells the server which files each screen that people come in by is made of, and where the first texts of each
 * language are (`first-files.json`): its pages name them, and a phone asks for all at once instead of one after the
 * other.
 */
import type { Plugin } from "vite";

import { ENTRANCES } from "./entrances";

export const FIRST_FILES = "first-files.json";

interface Chunk {
  type: "chunk";
  fileName: string;
  code: string;
  facadeModuleId: string | null;
  isEntry: boolean;
  imports: string[];
}
interface Asset {
  type: "asset";
  fileName: string;
  names: string[];
}
export type Bundle = Record<string, Chunk | Asset>;

export function firstFiles(): Plugin {
  return {
    name: "first-files",
    apply: "build",
    generateBundle(_, bundle) {
      const { screens, texts } = listFirstFiles(bundle as unknown as Bundle);
      this.emitFile({ type: "asset", fileName: FIRST_FILES, source: JSON.stringify({ screens, texts }) });
    },
  };
}

interface FirstFiles {
  page: string[];
  screens: Record<string, string[]>;
  texts: Record<string, string>;
}

/** Addresses: of the page itself, by screen what comes to that, and by language. Throws when a screen has no file. */
export function listFirstFiles(bundle: Bundle): FirstFiles {
  const files = Object.values(bundle);
  const chunks = files.filter((file) => file.type === "chunk");
  const needed = (start: Chunk): Set<string> => {
    const found = new Set([start.fileName]);
    for (const name of found) for (const next of (bundle[name] as Chunk).imports) found.add(next);
    return found;
  };
  const page = new Set(chunks.filter((chunk) => chunk.isEntry).flatMap((chunk) => [...needed(chunk)]));
  const filesOf = (source: string) => {
    const screen = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(`/src/${source}`));
    if (!screen) throw new Error(`${source} is no file of its own`);
    return [...needed(screen)].filter((name) => !page.has(name)).map((name) => `/${name}`);
  };
  const texts = files
    .filter((file) => file.type === "asset")
    .flatMap(({ fileName, names }) => names.map((name) => [/^(\w+)-first\.json$/.exec(name)?.[1], `/${fileName}`]))
    .filter(([language]) => language !== undefined);
  return {
    page: [...page].map((name) => `/${name}`),
    screens: Object.fromEntries(Object.entries(ENTRANCES).map(([name, source]) => [name, filesOf(source)])),
    texts: Object.fromEntries(texts) as Record<string, string>,
  };
}
