/** Empties the phone's memory. */
import { deleteDB } from "idb";

import { DATABASE, sealDatabase } from "./database";
import { dropCaches, isErasing } from "./erasing";

/** A worker has none of these. */
interface OfPages {
  localStorage?: { clear(): void };
  sessionStorage?: { clear(): void };
}

/** Deletes every database and cache of this site, and what pages put aside. Nothing is kept by this page any more. */
export async function eraseStores(): Promise<void> {
  await sealDatabase();
  for (const name of new Set([DATABASE, ...(await databaseNames())])) await deleteDB(name);
  await dropCaches();
  const { localStorage, sessionStorage }: OfPages = globalThis as object;
  localStorage?.clear();
  sessionStorage?.clear();
}

/** Whether something of it is still there: a browser can refuse. */
export async function isSomethingLeft(): Promise<boolean> {
  const kept = (await caches.keys()).length - ((await isErasing()) ? 1 : 0);
  return kept > 0 || (await databaseNames()).length > 0;
}

async function databaseNames(): Promise<string[]> {
  // Firefox has the list since 126.
  const all = (await indexedDB.databases?.()) ?? [];
  return all.flatMap(({ name }) => (name ? [name] : []));
}
