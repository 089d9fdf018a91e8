/** Small things that the phone remembers, each under its name. */
import type { Device } from "../api/types";
import type { Call } from "./call";
import type { LegalTeam } from "./legal-teams";
import type { KeptNonce } from "./nonce";
import { database } from "./database";

export interface Preferences {
  /** The switch: nothing but itself is to stay on this phone. Set with keepNothing(), which also empties the phone. */
  keepNothing: true;
  /** The language chosen, or else the browser's. */
  language: string;
  /** The device as the server last described it: its presence says that there is one. */
  device: Device;
  /** When the subscription was last sent (ms), its digest and the key it was made for. */
  subscriptionSent: { at: number; digest: string };
  /** Of the last verification push, while the server has not answered for good. */
  nonce: KeptNonce;
  /** The person's own Mastodon server, a host name. */
  mastodonServer: string;
  /** Offers that were answered with "later", by name, with the time in ms. */
  putOff: Record<string, number>;
  /** What the site is called, for what the worker says. */
  siteName: string;
  /** The app was installed on this phone. */
  installed: boolean;
  /** The highest step of a count that was said on this phone, by what was counted. */
  milestones: Record<string, number>;
  /** How far the server's clock was ahead of the phone's when it was last heard, in ms; 0 when not worth a word. */
  clockOffset: number;
  call: Call;
  /** Keys of campaigns by link, with the campaign that each opens. */
  links: Record<string, string>;
  /** The numbers of followed campaigns' legal teams. */
  legalTeams: LegalTeam[];
  /** Invitations that were opened and not used yet, by campaign. */
  invitations: Record<string, string>;
  /** A transfer code that was given out. Should the server not know this phone any more, another has entered it. */
  transferCode: { code: string; expires_at: string };
  /** The same for an iPhone's icon: the manifest's address, its code, until when (ms), whose, and what lies beside it. */
  iconManifest: { address: string; code: string; until: number; device: string; luggage: string };
  /** The last code that came in an address and was answered here: an icon starts with it each time. */
  transferAnswered: string;
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
