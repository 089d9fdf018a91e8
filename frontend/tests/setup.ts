/** What a browser has and Node has not. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, vi } from "vitest";

import { loadAllTexts } from "../src/words/language";
import { languages } from "../src/words/languages";
import { closeDatabase } from "../src/store/database";
import { MemoryCaches } from "./memory-caches";

vi.stubGlobal("navigator", { language: "fr-FR", languages: ["fr-FR", "en"] });
vi.stubGlobal("location", { origin: "https://site.example" });

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  globalThis.caches = new MemoryCaches() as unknown as CacheStorage;
});

await Promise.all(languages().map(loadAllTexts));
