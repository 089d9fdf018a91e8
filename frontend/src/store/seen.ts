/** Which alerts this phone has already rung for. */
import { database } from "./database";

/** Notes an alert; false when it was there already. One transaction, so two pushes at once cannot both win. */
export async function noteAlert(alert: string, expires: number): Promise<boolean> {
  const transaction = (await database()).transaction("seen", "readwrite");
  const known = await transaction.store.get(alert);
  if (known === undefined) await transaction.store.put({ alert, expires });
  await transaction.done;
  return known === undefined;
}

export async function forgetAlert(alert: string): Promise<void> {
  await (await database()).delete("seen", alert);
}

export async function dropOldAlerts(now: number): Promise<void> {
  const db = await database();
  for (const { alert, expires } of await db.getAll("seen")) {
    if (expires < now) await db.delete("seen", alert);
  }
}
