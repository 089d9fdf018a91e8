import { expect, test } from "vitest";

import { readFileSync } from "node:fs";

import { pick, translate } from "../src/words/language";
import { chooseLanguage, languages } from "../src/words/languages";

type Catalogue = Record<string, string | Record<string, string>>;
const load = (code: string) =>
  JSON.parse(readFileSync(new URL(`../messages/${code}.json`, import.meta.url), "utf8")) as Catalogue;
const french = load("fr");
const forms = (message: string | Record<string, string>) =>
  typeof message === "string" ? [message] : Object.values(message);
const names = (message: string | Record<string, string>) =>
  [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

test("there are French and English", () => {
  expect(languages()).toEqual(expect.arrayContaining(["fr", "en"]));
});

test.each(languages())("%s has every text, with the same blanks to fill and every plural", (code) => {
  const texts = load(code);
  expect(Object.keys(texts).sort()).toEqual(Object.keys(french).sort());
  const blanks = (catalogue: Catalogue) =>
    Object.fromEntries(Object.entries(catalogue).map(([key, text]) => [key, names(text)]));
  expect(blanks(texts)).toEqual(blanks(french));
  const empty = Object.entries(texts).filter(([, text]) => forms(text).some((form) => form.trim() === ""));
  expect(empty).toEqual([]);
  expect(Object.values(texts).filter((text) => typeof text !== "string" && !("other" in text))).toEqual([]);
});

test("French keeps its signs with their words, and nothing shouts", () => {
  const all = Object.values(french).flatMap(forms);
  expect(all.filter((text) => / [:;?!»€]|« |\d h\b|h \d/.test(text))).toEqual([]);
  expect([...all, ...Object.values(load("en")).flatMap(forms)].filter((text) => text.includes("!"))).toEqual([]);
});

test("it chooses the browser's language", () => {
  expect(chooseLanguage(["fr-CA", "en"], ["fr", "en"])).toBe("fr");
  expect(chooseLanguage(["de", "en-US"], ["fr", "en"])).toBe("en");
  expect(chooseLanguage(["de"], ["fr", "en"])).toBe("en");
  expect(chooseLanguage([], ["fr"])).toBe("fr");
});

test("it fills in blanks and chooses the plural", () => {
  expect(translate("fr", "offline", { time: "18\u00a0h\u00a002" })).toBe(
    "Hors ligne, état de 18\u00a0h\u00a002. Ce que vous faites part au retour du réseau.",
  );
  expect(translate("fr", "count_done", {}, 0)).toBe("a publié ou relayé");
  expect(translate("en", "count_done", {}, 0)).toBe("have posted or relayed");
  expect(translate("fr", "count_done", {}, 2)).toBe("ont publié ou relayé");
});

test("it falls back to the campaign's main language and says so", () => {
  expect(pick({ fr: "Oui", en: "Yes" }, "en", "fr")).toEqual({ value: "Yes", lang: "en" });
  expect(pick({ fr: "Oui", en: "" }, "en", "fr")).toEqual({ value: "Oui", lang: "fr" });
  expect(pick({ br: "Ya" }, "en", "fr")).toEqual({ value: "Ya", lang: "br" });
  expect(pick({}, "en", "fr")).toBeNull();
  expect(pick<string[]>({ en: [], fr: ["un"] }, "en", "fr")).toEqual({ value: ["un"], lang: "fr" });
});
