/** Waiting, with an end. */

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The result of some work, or the fallback when it fails or takes longer than so many ms. */
export function within<T>(work: Promise<T>, milliseconds: number, fallback: T): Promise<T> {
  return Promise.race([work.catch(() => fallback), sleep(milliseconds).then(() => fallback)]);
}
