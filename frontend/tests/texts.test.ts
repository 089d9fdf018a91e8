/** What the app says: nothing missing, nothing left over, nothing said past the files of texts; in plain sentences. */
import { readdirSync, readFileSync } from "node:fs";

import { parse, type AST } from "svelte/compiler";
import { expect, test } from "vitest";

import { languages } from "../src/words/languages";

type Message = string | Record<string, string>;
const load = (code: string) =>
  JSON.parse(readFileSync(new URL(`../messages/${code}.json`, import.meta.url), "utf8")) as Record<string, Message>;
const french = load("fr");
const forms = (message: Message) => (typeof message === "string" ? [message] : Object.values(message));

const SOURCE = new URL("../src/", import.meta.url);
const sources = new Map(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(svelte|ts)$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => [name, readFileSync(new URL(name, SOURCE), "utf8")] as const),
);
const components = [...sources].filter(([name]) => name.endsWith(".svelte"));

test.each(languages())("%s has the forms of its own grammar for what is counted", (code) => {
  const texts = load(code);
  const counted = Object.entries(texts).filter(([, text]) => typeof text !== "string");
  const grammar = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
  const wrong = counted.filter(
    ([, text]) =>
      !Object.keys(text).every((form) => (grammar as string[]).includes(form)) ||
      !grammar.filter((form) => form !== "many").every((form) => form in (text as object)),
  );
  expect(wrong).toEqual([]);
  const apart = Object.keys(french).filter(
    (key) => (typeof french[key] === "string") !== (typeof texts[key] === "string"),
  );
  expect(apart).toEqual([]);
});

test("every text is said somewhere", () => {
  // Some texts are named by what the API says: a person's status, a broadcast's medium.
  const others = ["api/schema.d.ts", "../../accounts/views/manifest.py"].map((name) => new URL(name, SOURCE));
  const all = [...sources.values(), ...others.map((file) => readFileSync(file, "utf8"))].join("\n");
  const literal = new Set([...all.matchAll(/"([a-z]\w*)"/g)].map(([, word]) => word!));
  const composed = [...all.matchAll(/`(\w*(?:\$\{[^`}]*\}\w*)+)`/g)]
    .map(([, pattern]) => pattern!.replace(/\$\{[^}]*\}/g, ".+"))
    .filter((pattern) => /[a-z]{3}/.test(pattern))
    .map((pattern) => new RegExp(`^${pattern}$`));
  const unused = Object.keys(french).filter(
    (key) => !literal.has(key) && !new RegExp(`\\b${key}:`).test(all) && !composed.some((pattern) => pattern.test(key)),
  );
  expect(unused).toEqual([]);
});

type Node = { type: string; [name: string]: unknown };

/** Every node of a component's markup but attributes, with the element that it is in. */
function* markup(node: unknown, element: Node | null = null): Generator<[Node, Node | null]> {
  if (Array.isArray(node)) for (const each of node) yield* markup(each, element);
  else if (node !== null && typeof node === "object" && typeof (node as Node).type === "string") {
    const here = node as Node;
    yield [here, element];
    const inside = ["RegularElement", "SvelteElement", "Component", "TitleElement"].includes(here.type)
      ? here
      : element;
    for (const [name, value] of Object.entries(here))
      if (!["attributes", "metadata"].includes(name)) yield* markup(value, inside);
  }
}

const attributesOf = (node: Node) => (node["attributes"] ?? []) as Node[];

/** Names of what a reader sees or hears that are no words of a language. */
const NO_WORDS = new Set(["Mobilise", "piaille.fr"]);
const SPOKEN = ["aria-label", "title", "placeholder", "alt"];
const hasWords = (text: string) => /\p{L}{2}/u.test(text) && !NO_WORDS.has(text.trim());

test.each(components)("%s says nothing but texts of the files", (_name, source) => {
  const { fragment } = parse(source, { modern: true }) as unknown as { fragment: AST.Fragment };
  const said: string[] = [];
  for (const [node] of markup(fragment)) {
    if (node.type === "Text") said.push(node["data"] as string);
    const spoken = attributesOf(node).filter(({ name }) => SPOKEN.includes(name as string));
    for (const { value } of spoken)
      for (const [inner] of markup(value)) if (inner.type === "Text") said.push(inner["data"] as string);
  }
  expect(said.filter(hasWords)).toEqual([]);
});

test.each(components)("%s marks the language of what organisers wrote", (_name, source) => {
  const { fragment } = parse(source, { modern: true }) as unknown as { fragment: AST.Fragment };
  const unmarked: string[] = [];
  for (const [node, element] of markup(fragment)) {
    const text = node.type === "ExpressionTag" ? source.slice(node["start"] as number, node["end"] as number) : "";
    if (!/\bsaid\(/.test(text) || /\bt\(/.test(text) || element?.type === "TitleElement") continue;
    if (!attributesOf(element!).some(({ name }) => name === "lang")) unmarked.push(text);
  }
  expect(unmarked).toEqual([]);
});

/** Keys of texts that may be longer: what the law wants said as it is. */
const LONG: readonly string[] = [];
const MOST_WORDS = 25;

test.each(languages())("%s says it in short sentences", (code) => {
  const sentences = Object.entries(load(code)).flatMap(([key, message]) =>
    forms(message)
      .flatMap((text) => text.split(/(?<=[.:?])\s+/))
      .filter(
        (sentence) => sentence.split(/[\s\u00a0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length > MOST_WORDS,
      )
      .map((sentence) => `${key}: ${sentence}`),
  );
  expect(sentences.filter((sentence) => !LONG.includes(sentence.split(":")[0]!))).toEqual([]);
});
