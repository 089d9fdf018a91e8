/** Small things that the phone remembers, each under its name. */
import type { Device } from "../api/types";
import { database } from "./database";

export interface Preferences {
  /** The language chosen, or else the browser's. */
  language: string;
  /** The device as the server last described it: its presence says that there is one. */
  device: Device;
  /** When the subscription was last sent (ms), its digest and the key it was made for. */
  subscriptionSent: { at: number; digest: string };
  /** The person's own Mastodon server, a host name. */
  mastodonServer: string;
  /** Offers that were answered with "later", by name, with the time in ms. */
  putOff: Record<string, number>;
}

export async function preference<K extends keyof Preferences>(name: K): Promise<Preferences[K] | undefined> {
  return (await (await database()).get("preferences", name)) as Preferences[K] | undefined;
}

export async function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): Promise<void> {
  await (await database()).put("preferences", value, name);
}

export async function dropPreference(name: keyof Preferences): Promise<void> {
  await (await database()).delete("preferences", name);
}
