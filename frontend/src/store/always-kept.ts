/** What says nothing of anybody stays also on a phone that keeps nothing: the rights sheet is for when all goes wrong. */

const ANSWERS: ReadonlySet<unknown> = new Set(["rights"]);

export function isAlwaysKept(store: string, key: unknown): boolean {
  return store === "answers" && ANSWERS.has(key);
}
