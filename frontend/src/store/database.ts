/** The phone's own memory, shared by the app and the service worker. Holds only what its user asked for. */
import { openDB, type DBSchema, type IDBPDatabase, type StoreNames } from "idb";

import type { Door } from "../actions/hashtag/doors";
import type { OwnParticipation } from "../api/types";
import type { KeptAnswer } from "./answers";
import type { Card } from "./card";
import { isErasing } from "./erasing";
import type { KeptGesture } from "./gestures";
import { PassingMemory } from "./memory";

/** What somebody is about to do in a hashtag push, and the words of it. */
export interface Draft {
  action: string;
  words: string;
  question: number;
  network: string;
  /** The way of taking part that was chosen. */
  door: Door;
  /** The door that led to another app, until it is said what came of it. */
  opened: Door | null;
  /** Those of which it was said that they are done: never told to anybody. */
  done: Door[];
}

/** `expires` and `at`, when it came, in ms. */
export type KeptCard = Card & { alert: string; expires: number; at: number };

interface Schema extends DBSchema {
  /** By alert id. `expires` in ms since the epoch. */
  seen: { key: string; value: { alert: string; expires: number } };
  /** By action id. */
  cards: { key: string; value: KeptCard };
  gestures: { key: string; value: KeptGesture };
  /** By what was asked for. */
  answers: { key: string; value: KeptAnswer };
  drafts: { key: string; value: Draft };
  participations: { key: string; value: OwnParticipation };
  preferences: { key: string; value: unknown };
}

export const DATABASE = "mobilise";

/** The stores, each with the path of its key; null: the key is given. */
const STORES = {
  seen: "alert",
  cards: "action",
  gestures: "key",
  answers: "asked",
  drafts: "action",
  participations: "action",
  preferences: null,
} as const;

/** Of the preferences: that nothing else is to stay on this phone. It is read where all that is kept goes by. */
export const SWITCH = "keepNothing";

export type PhoneMemory = IDBPDatabase<Schema>;

/** All is erased, or about to be: this page keeps nothing any more and reads nothing. */
export class Erased extends Error {}

let opened: Promise<PhoneMemory> | null = null;
let passing: PassingMemory | null = null;
let sealed = false;

/** Where things are kept: on the phone, or only for as long as this page lives when the person wants it so. */
export async function database(): Promise<PhoneMemory> {
  const phone = await phoneDatabase();
  return (await phone.get("preferences", SWITCH)) === true ? passingDatabase() : phone;
}

/** What goes with this page, or with this run of the worker. */
export function passingDatabase(): PhoneMemory {
  return (passing ??= new PassingMemory(STORES)) as unknown as PhoneMemory;
}

/** The phone's own, whatever the person wants to be kept. Rejects with Erased once all is erased, or about to be. */
export function phoneDatabase(): Promise<PhoneMemory> {
  opened ??= open().catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

async function open(): Promise<PhoneMemory> {
  if (sealed || (await isErasing())) throw new Erased("erased");
  return openDB<Schema>(DATABASE, 2, {
    upgrade(db) {
      for (const [name, keyPath] of Object.entries(STORES)) {
        const store = name as StoreNames<Schema>;
        if (!db.objectStoreNames.contains(store)) db.createObjectStore(store, keyPath === null ? {} : { keyPath });
      }
    },
    // Erasing waits for no other tab: every connection gives way.
    blocking: () => void closeDatabase(),
    terminated: () => (opened = null),
  });
}

export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = passing = null;
  (await closing?.catch(() => null))?.close();
}

/** This page keeps nothing any more: what it is still busy with must not come after the erasing. */
export async function sealDatabase(): Promise<void> {
  sealed = true;
  await closeDatabase();
}
