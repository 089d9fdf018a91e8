/** "Keep nothing here": the switch, and what it does to what is on the phone already. */
import { isAlwaysKept } from "./always-kept";
import { passingDatabase, phoneDatabase, SWITCH, type PhoneMemory } from "./database";

/** Caches of the app's own files and of what says nothing of anybody: they stay, so that the app itself opens. */
const OWN_FILES = /^(shell-|rights)/;

export async function keepsNothing(): Promise<boolean> {
  return (await (await phoneDatabase()).get("preferences", SWITCH)) === true;
}

/** From now on, here and in the service worker. What this page is busy with goes on until it is closed. */
export async function keepNothing(): Promise<void> {
  await copy(await phoneDatabase(), passingDatabase());
  await sweep();
}

/** Leaves the switch alone on the phone: also what was written in the moment in which it was thrown. */
export async function sweep(): Promise<void> {
  const phone = await phoneDatabase();
  const transaction = phone.transaction([...phone.objectStoreNames], "readwrite");
  for (const name of phone.objectStoreNames) {
    const store = transaction.objectStore(name);
    for (const key of await store.getAllKeys()) if (!isAlwaysKept(name, key)) await store.delete(key);
  }
  await transaction.objectStore("preferences").put(true, SWITCH);
  await transaction.done;
  for (const name of await caches.keys()) if (!OWN_FILES.test(name)) await caches.delete(name);
}

/** All that the one memory holds, into the other. */
export async function copy(from: PhoneMemory, to: PhoneMemory): Promise<void> {
  for (const name of (await phoneDatabase()).objectStoreNames) {
    const [keys, values] = [await from.getAllKeys(name), await from.getAll(name)];
    for (const [index, key] of keys.entries()) {
      if (name === "preferences") await to.put(name, values[index], key);
      else await to.put(name, values[index] as never);
    }
  }
}
