/** Empties the phone's memory. */
import { deleteDB } from "idb";

import { closeDatabase, DATABASE } from "./database";

/** Deletes the database and every cache of this site. */
export async function eraseStores(): Promise<void> {
  await closeDatabase();
  await deleteDB(DATABASE);
  for (const name of await caches.keys()) await caches.delete(name);
}
