/** What the server last said, so that everything already seen opens without network. */
import { isAlwaysKept } from "./always-kept";
import { database, phoneDatabase, type PhoneMemory } from "./database";

export interface KeptAnswer {
  /** What was asked for: "feed", "actions/…", "campaigns/…/feed". */
  asked: string;
  data: unknown;
  /** When it was answered: by the server's clock, and by the phone's in ms. */
  at: string;
  kept: number;
  /** The campaign that is not open to everybody and that the answer is about; null for what everybody may read. */
  closed: string | null;
}

function memoryFor(asked: string): Promise<PhoneMemory> {
  return isAlwaysKept("answers", asked) ? phoneDatabase() : database();
}

/** How many are kept; the oldest go. */
const MOST = 120;

export async function keepAnswer(answer: Omit<KeptAnswer, "kept">): Promise<void> {
  const db = await memoryFor(answer.asked);
  await db.put("answers", { ...answer, kept: Date.now() });
  if ((await db.getAllKeys("answers")).length > MOST) await dropOldest(db);
}

/** To look at all of them is dear: only once there are too many. */
async function dropOldest(db: PhoneMemory): Promise<void> {
  const all = (await db.getAll("answers")).sort((one, other) => one.kept - other.kept);
  for (const { asked } of all.slice(0, all.length - MOST)) await db.delete("answers", asked);
}

export type Recalled<T> = Pick<KeptAnswer, "at" | "kept"> & { data: T };

export async function recallAnswer<T>(asked: string): Promise<Recalled<T> | null> {
  return ((await (await memoryFor(asked)).get("answers", asked)) ?? null) as Recalled<T> | null;
}

/** Drops those of which `unwanted` is true. */
export async function dropAnswers(unwanted: (answer: KeptAnswer) => boolean): Promise<void> {
  const db = await database();
  for (const answer of await db.getAll("answers")) if (unwanted(answer)) await db.delete("answers", answer.asked);
}
