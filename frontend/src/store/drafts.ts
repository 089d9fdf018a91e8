/** What somebody is about to do in a hashtag push, kept so that it survives the phone discarding the page. */
import { database, type Draft } from "./database";

export type { Draft };

export function newDraft(action: string, network: string): Draft {
  return { action, words: "", question: 0, network, door: "write", opened: null, done: [] };
}

/** True once there is something to keep. */
export function isTouched({ words, question, door, opened, done }: Draft): boolean {
  return words !== "" || question > 0 || door !== "write" || opened !== null || done.length > 0;
}

export async function findDraft(action: string): Promise<Draft | null> {
  return (await (await database()).get("drafts", action)) ?? null;
}

export async function keepDraft(draft: Draft): Promise<void> {
  await (await database()).put("drafts", draft);
}

/** Drops those of the actions of which `unwanted` is true. */
export async function dropDrafts(unwanted: (action: string) => boolean): Promise<void> {
  const db = await database();
  for (const action of await db.getAllKeys("drafts")) if (unwanted(action)) await db.delete("drafts", action);
}
