/** The phone's own memory, shared by the app and the service worker. Holds only what its user asked for. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { OwnParticipation, ParticipationInput } from "../api/types";
import type { Card } from "./card";

/** A gesture that waits for the network; `input` is null for a withdrawal. */
export interface QueuedGesture {
  action: string;
  input: ParticipationInput | null;
  stamp: number;
}

/** A post being written; `opened` once it was handed to a network's app. */
export interface Draft {
  action: string;
  words: string;
  question: number;
  network: string;
  opened: boolean;
}

interface Schema extends DBSchema {
  /** By alert id. `expires` in ms since the epoch. */
  seen: { key: string; value: { alert: string; expires: number } };
  /** By action id. */
  cards: { key: string; value: Card & { alert: string; expires: number } };
  queue: { key: string; value: QueuedGesture };
  drafts: { key: string; value: Draft };
  participations: { key: string; value: OwnParticipation };
  preferences: { key: string; value: unknown };
}

export const DATABASE = "mobilise";
let opened: Promise<IDBPDatabase<Schema>> | null = null;

export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(DATABASE, 1, {
    upgrade(db) {
      db.createObjectStore("seen", { keyPath: "alert" });
      db.createObjectStore("cards", { keyPath: "action" });
      db.createObjectStore("queue", { keyPath: "action" });
      db.createObjectStore("drafts", { keyPath: "action" });
      db.createObjectStore("participations", { keyPath: "action" });
      db.createObjectStore("preferences");
    },
    // Erasing waits for no other tab: every connection gives way.
    blocking: () => void closeDatabase(),
    terminated: () => (opened = null),
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = null;
  (await closing?.catch(() => null))?.close();
}
