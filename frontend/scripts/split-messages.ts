/**
 * Cuts each language in two: what the screens that people come in by say (`?first`), and the rest (`?later`), so that
 * the first load does not carry the texts of the settings and guides. What is said where is read from the sources:
 * whoever imports a component into a first screen has its texts there.
 */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { Plugin } from "vite";

import { ENTRANCES } from "./entrances";

const SOURCE = fileURLToPath(new URL("../src/", import.meta.url));
const FIRST = ["main.ts", "frame/LazyScreen.svelte", ...Object.values(ENTRANCES)];
/** What the server says in the manifest. */
const BY_SERVER = "manifest_";
const IMPORT = /(?:import|export)\s(?!type\b)[^;"()]*?from\s+"(\.[^"]+)"|import\s+"(\.[^"]+)"/g;
/** Part of a screen though it comes a moment later: what a component, unlike the tables of screens, fetches itself. */
const FETCHED = /\bimport\("(\.[^"]+)"\)()/g;

export function splitMessages(): Plugin {
  let building = false;
  return {
    name: "split-messages",
    enforce: "pre",
    configResolved(config) {
      building = config.command === "build";
    },
    load(id) {
      const asked = /^(.*\.json)\?(first|later)$/.exec(id);
      if (!asked) return null;
      const texts = JSON.parse(readFileSync(asked[1]!, "utf8")) as Record<string, unknown>;
      const isFirst = saidFirst();
      const said = Object.entries(texts).filter(([key]) => !key.startsWith(BY_SERVER));
      const wanted = said.filter(([key]) => isFirst(key) === (asked[2] === "first"));
      const source = JSON.stringify(Object.fromEntries(wanted));
      if (!building) return { code: `export default ${source}`, moduleType: "js" };
      // Built, they are files of data: a phone reads JSON faster than it compiles script.
      const name = `${basename(asked[1]!, ".json")}-${asked[2]}.json`;
      const file = this.emitFile({ type: "asset", name, source });
      return { code: `export default import.meta.ROLLUP_FILE_URL_${file}`, moduleType: "js" };
    },
  };
}

/** Whether a key is said by what the first screens are made of. */
function saidFirst(): (key: string) => boolean {
  const source = [...closure()].map((file) => readFileSync(file, "utf8")).join("\n");
  // Some texts are named by what the API says: a person's status, a broadcast's medium.
  const named = [...source.matchAll(/"(\w+)"|\b(\w+):/g)].map(([, quoted, name]) => quoted ?? name);
  const api = readFileSync(join(SOURCE, "api/schema.d.ts"), "utf8");
  const words = new Set([...named, ...[...api.matchAll(/"([a-z_]+)"/g)].map(([, word]) => word)]);
  const composed = [...source.matchAll(/`(\w*(?:\$\{[^`}]*\}\w*)+)`/g)]
    .map(([, pattern]) => pattern!.replace(/\$\{[^}]*\}/g, ".+"))
    .filter((pattern) => /[a-z]{3}/.test(pattern))
    .map((pattern) => new RegExp(`^${pattern}$`));
  return (key) => words.has(key) || composed.some((pattern) => pattern.test(key));
}

/** The first screens and all that they import before they are shown. */
function closure(): Set<string> {
  const found = new Set<string>();
  const waiting = FIRST.map((name) => join(SOURCE, name));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const source = readFileSync(file, "utf8");
    const fetched = file.endsWith(".svelte") ? source.matchAll(FETCHED) : [];
    for (const [, from, bare] of [...source.matchAll(IMPORT), ...fetched]) {
      const path = resolve(dirname(file), (from ?? bare)!);
      const module = [path, `${path}.ts`].find((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
      if (module?.startsWith(SOURCE)) waiting.push(module);
    }
  }
  return found;
}
