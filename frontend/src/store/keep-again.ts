/** The way back from "keep nothing here". */
import { database, phoneDatabase, SWITCH } from "./database";
import { copy } from "./keeping";

/** What is seen from now on stays again; what this page holds does too. */
export async function keepAgain(): Promise<void> {
  const held = await database();
  const phone = await phoneDatabase();
  await phone.delete("preferences", SWITCH);
  if (held !== phone) await copy(held, phone);
}
