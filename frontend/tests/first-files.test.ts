import { expect, test } from "vitest";

import { markFirstFiles } from "../scripts/compile-early";
import { ENTRANCES } from "../scripts/entrances";
import { listFirstFiles } from "../scripts/first-files";

const chunk = (name: string, source: string | null, imports: string[] = [], isEntry = false) => ({
  type: "chunk" as const,
  fileName: `assets/${name}.js`,
  code: `import "./other.js";`.repeat(200),
  facadeModuleId: source === null ? null : `/app/src/${source}`,
  isEntry,
  imports: imports.map((each) => `assets/${each}.js`),
});
const asset = (fileName: string, name: string) => ({ type: "asset" as const, fileName, names: [name] });
const bundle = (...files: (ReturnType<typeof chunk> | ReturnType<typeof asset>)[]) =>
  Object.fromEntries(files.map((file) => [file.fileName, file]));

const screens = Object.entries(ENTRANCES).map(([name, source]) => chunk(name, source, ["app", "shared"]));
const rest = [
  chunk("index", "main.ts", ["app"], true),
  chunk("app", null),
  chunk("shared", null, ["deep"]),
  chunk("deep", null, ["shared", "app"]),
  chunk("later", "upkeep.ts", ["app"]),
  asset("assets/fr-first-1.json", "fr-first.json"),
  asset("assets/fr-later-1.json", "fr-later.json"),
];

test("it lists what a screen needs beside the page itself, and the first texts", () => {
  const { page, screens: listed, texts } = listFirstFiles(bundle(...screens, ...rest));
  expect(page).toEqual(["/assets/index.js", "/assets/app.js"]);
  expect(listed["feed"]).toEqual(["/assets/feed.js", "/assets/shared.js", "/assets/deep.js"]);
  expect(Object.keys(listed)).toEqual(Object.keys(ENTRANCES));
  expect(texts).toEqual({ fr: "/assets/fr-first-1.json" });
});

test("a screen that became part of another file is a fault of the build", () => {
  expect(() => listFirstFiles(bundle(...screens.slice(1), ...rest))).toThrow("FeedScreen");
});

test("these are compiled as they come, and not what is short or comes later", () => {
  const files = bundle(...screens, ...rest, { ...chunk("deep", null), code: "let short;" });
  markFirstFiles(files);
  const marked = Object.values(files).filter((file) => file.type === "chunk" && file.code.startsWith("//# allFun"));
  const names = marked.map(({ fileName }) => fileName.replace(/^assets\/(\w+)\.js$/, "$1"));
  expect(names.sort()).toEqual([...Object.keys(ENTRANCES), "app", "index", "shared"].sort());
});
