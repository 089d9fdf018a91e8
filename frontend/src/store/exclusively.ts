/** One at a time, over all tabs and the service worker. */

/** Runs the work once nobody else runs one of that name. A browser without locks runs it at once. */
export function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, work) as Promise<T>) : work();
}
