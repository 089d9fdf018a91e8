/**
 * The one fact that outlives an erasure while the server's part of it waits for the network. It is the bare name of an
 * empty cache: the page and the service worker both see it, and there is nothing in it.
 */
const FACT = "erase-on-server";

export async function noteErasing(): Promise<void> {
  await caches.open(FACT);
}

/** True from the confirmation until the server has answered: meanwhile nothing is read and nothing is written. */
export async function isErasing(): Promise<boolean> {
  try {
    return await caches.has(FACT);
  } catch {
    return false;
  }
}

export async function dropErasing(): Promise<void> {
  await caches.delete(FACT);
}

/** Every cache of this site, but for that one name. */
export async function dropCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name !== FACT) await caches.delete(name);
}
