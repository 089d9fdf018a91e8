/** A page of the app, or a run of its worker: modules of its own, on the phone's memory that all of them share. */
import { vi } from "vitest";

export async function openPage() {
  vi.resetModules();
  const [database, keeping, switching, preferences, drafts, participations, queue, seen, card] = await Promise.all([
    import("../src/store/database"),
    import("../src/store/keeping"),
    import("../src/settings/keep-nothing"),
    import("../src/store/preferences"),
    import("../src/store/drafts"),
    import("../src/store/participations"),
    import("../src/store/gestures"),
    import("../src/store/seen"),
    import("../src/store/card"),
  ]);
  const [agreeing, erase, stores, erasing, state, receive, answers, background, exporting] = await Promise.all([
    import("../src/settings/agreeing"),
    import("../src/settings/erase"),
    import("../src/store/erase"),
    import("../src/store/erasing"),
    import("../src/app/state.svelte"),
    import("../src/worker/receive"),
    import("../src/store/answers"),
    import("../src/worker/erase"),
    import("../src/settings/export"),
  ]);
  return {
    ...{ ...database, ...keeping, ...switching, ...preferences, ...drafts, ...participations, ...queue, ...seen },
    ...{
      ...card,
      ...agreeing,
      ...erase,
      ...stores,
      ...erasing,
      ...state,
      ...receive,
      ...answers,
      ...background,
      ...exporting,
    },
  };
}

export type OpenPage = Awaited<ReturnType<typeof openPage>>;

/** All that is on the phone, by store; nothing of it is made by looking. */
export async function onThePhone(): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name!);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of db.objectStoreNames) {
      const request = db.transaction(store).objectStore(store).getAllKeys();
      const keys = await new Promise<unknown[]>((resolve) => (request.onsuccess = () => resolve(request.result)));
      if (keys.length > 0) found[store] = keys;
    }
    db.close();
  }
  return found;
}
