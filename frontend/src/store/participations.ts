/** This phone's own parts, so that it can show them without network. */
import type { OwnParticipation } from "../api/types";
import { database } from "./database";

export async function ownParticipations(): Promise<OwnParticipation[]> {
  return (await database()).getAll("participations");
}

export async function keepParticipation(participation: OwnParticipation): Promise<void> {
  await (await database()).put("participations", participation);
}

export async function dropParticipation(action: string): Promise<void> {
  await (await database()).delete("participations", action);
}

export async function replaceParticipations(all: OwnParticipation[]): Promise<void> {
  const transaction = (await database()).transaction("participations", "readwrite");
  await transaction.store.clear();
  for (const participation of all) await transaction.store.put(participation);
  await transaction.done;
}
