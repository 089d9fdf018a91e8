/**
 * The phone's memory for somebody who wants nothing kept on it: it takes the same calls as the database, and all that is
 * in it goes with the page or the worker that holds it.
 */
export type KeyPaths = Readonly<Record<string, string | null>>;

type Entries = Map<IDBValidKey, unknown>;

export class PassingMemory {
  readonly #stores: ReadonlyMap<string, Entries>;

  constructor(private readonly keyPaths: KeyPaths) {
    this.#stores = new Map(Object.keys(keyPaths).map((name) => [name, new Map()]));
  }

  async get(store: string, key: IDBValidKey): Promise<unknown> {
    return structuredClone(this.#of(store).get(key));
  }

  async getAll(store: string): Promise<unknown[]> {
    return structuredClone([...this.#of(store).values()]);
  }

  async getAllKeys(store: string): Promise<IDBValidKey[]> {
    return [...this.#of(store).keys()];
  }

  async put(store: string, value: unknown, key?: IDBValidKey): Promise<void> {
    const path = this.keyPaths[store] ?? null;
    const under = path === null ? key : (value as Record<string, IDBValidKey>)[path];
    if (under === undefined) throw new TypeError(`no key for ${store}`);
    this.#of(store).set(under, structuredClone(value));
  }

  async delete(store: string, key: IDBValidKey): Promise<void> {
    this.#of(store).delete(key);
  }

  async clear(store: string): Promise<void> {
    this.#of(store).clear();
  }

  /** Of one store. Nobody else has this memory, so that there is nothing to wait for. */
  transaction(store: string): unknown {
    return {
      store: {
        get: (key: IDBValidKey) => this.get(store, key),
        getAll: () => this.getAll(store),
        put: (value: unknown, key?: IDBValidKey) => this.put(store, value, key),
        delete: (key: IDBValidKey) => this.delete(store, key),
        clear: () => this.clear(store),
      },
      done: Promise.resolve(),
    };
  }

  #of(store: string): Entries {
    const entries = this.#stores.get(store);
    if (!entries) throw new TypeError(`no store ${store}`);
    return entries;
  }
}
