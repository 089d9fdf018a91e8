/** The posts being written, kept so that they survive the phone discarding the page. */
import { database, type Draft } from "./database";

export type { Draft };

export async function findDraft(action: string): Promise<Draft | null> {
  return (await (await database()).get("drafts", action)) ?? null;
}

export async function keepDraft(draft: Draft): Promise<void> {
  await (await database()).put("drafts", draft);
}

export async function dropDraft(action: string): Promise<void> {
  await (await database()).delete("drafts", action);
}
