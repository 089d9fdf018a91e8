/** The browser's Web Locks, as much of them as the app uses. */
export class MemoryLocks {
  readonly #held = new Map<string, Promise<unknown>>();

  request<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#held.get(name) ?? Promise.resolve()).then(work, work);
    this.#held.set(name, turn);
    return turn;
  }
}
