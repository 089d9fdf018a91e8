/** Writes the types of the API from its OpenAPI document: `npm run api [-- <document>]`; `--check` only compares. */
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import openapi, { astToString, COMMENT_HEADER } from "openapi-typescript";

const TARGET = new URL("../src/api/schema.d.ts", import.meta.url);
const given = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
const source = given ? pathToFileURL(given) : new URL("../openapi.json", import.meta.url);

const text = COMMENT_HEADER + astToString(await openapi(source));
if (process.argv.includes("--check")) {
  const current = await readFile(TARGET, "utf8").catch(() => "");
  if (current !== text) {
    console.error("src/api/schema.d.ts is not what openapi.json says: run `npm run api`.");
    process.exit(1);
  }
} else {
  await writeFile(TARGET, text);
}
