/** The shapes of the API, under the names that the app uses. */

/** A text by language code; a missing language falls back to the campaign's main one. */
export type TextMap = Record<string, string>;
export type ListMap = Record<string, string[]>;

export type Kind = "hashtag_push" | "rally_call" | "solidarity_alert";
export type Stage = "joined" | "done";
export type LockScreen = "auto" | "discreet" | "full";
export type PersonStatus = "summoned" | "held" | "released" | "charged" | "dropped";
export type Declaration = "declared" | "undeclared" | "banned";

export interface Config {
  site_name: string;
  languages: string[];
  vapid_public_key: string;
  version: string;
  server_time: string;
  consent_version: number;
}

export interface QuietHours {
  start: string;
  end: string;
}

export interface SubscriptionState {
  verified: boolean;
  key_current: boolean;
}

export interface Follow {
  campaign: string;
  kinds: Kind[];
  consent_version: number;
  consented_on: string;
}

export interface Device {
  id: string;
  language: string;
  time_zone: string;
  quiet_hours: QuietHours | null;
  lock_screen: LockScreen;
  keep_cards: boolean;
  departement: string | null;
  subscription: SubscriptionState | null;
  follows: Follow[];
}

export type DevicePatch = Partial<
  Pick<Device, "language" | "time_zone" | "quiet_hours" | "lock_screen" | "keep_cards" | "departement">
>;

export interface SubscriptionInput {
  endpoint: string;
  expirationTime: number | null;
  keys: { p256dh: string; auth: string };
  application_server_key: string;
}

export interface Goal {
  target: number;
  reached: number | null;
  reached_as_of: string | null;
  unit: TextMap;
  deadline: string | null;
}

export interface Campaign {
  slug: string;
  name: TextMap;
  summary: TextMap;
  hashtag: string;
  goal: Goal | null;
  run_by: TextMap;
  contact: string;
  legal_phone: string;
  main_language: string;
  time_zone: string;
  visibility: "public" | "invitation";
}

export interface Gathering {
  id: string;
  name: TextMap;
  address: string;
  departement: string;
  starts_at: string;
  ends_at: string | null;
  latitude: number | null;
  longitude: number | null;
  practical: TextMap;
}

export interface HashtagPush {
  hashtag: string | null;
  reveal_at: string | null;
  link: string;
  talking_points: ListMap;
  questions: ListMap | null;
}

export interface RallyCall {
  declaration: Declaration;
  practical: TextMap;
}

export interface Person {
  id: string;
  name: string | null;
  status: PersonStatus;
  place: TextMap;
  at: string | null;
  steps: { status: PersonStatus; at: string }[];
}

export interface SolidarityAlert {
  what_to_do: TextMap;
  source: string;
  checked_at: string | null;
  legal_phone: string;
  persons: Person[];
}

export interface ActionLink {
  label: TextMap;
  url: string;
}

export interface Media {
  kind: "clip" | "post" | "picture";
  url: string;
  alt: TextMap;
}

export interface Action {
  id: string;
  campaign: string;
  kind: Kind;
  title: TextMap;
  summary: TextMap;
  starts_at: string;
  ends_at: string;
  time_zone: string;
  state: "open" | "cancelled";
  successor: string | null;
  links: ActionLink[];
  media: Media[];
  gatherings: Gathering[];
  hashtag_push: HashtagPush | null;
  rally_call: RallyCall | null;
  solidarity_alert: SolidarityAlert | null;
}

export interface Feed {
  as_of: string;
  campaigns: Campaign[];
  live: Action[];
  coming: Action[];
  over: Action[];
}

export interface Pulse {
  joined: number | null;
  done: number | null;
  notes: { at: string; text: TextMap }[];
  as_of: string;
}

export interface Participation {
  stage: Stage | null;
  gathering: string | null;
  counted: boolean;
}

export interface ParticipationInput {
  stage: Stage;
  gathering?: string;
}

export type OwnParticipation = Participation & { action: string };
/** "failed": the browser refused to show it. */
export type ReceiptEvent = "shown" | "opened" | "failed";
