/** The shapes of the API, under the names that the app uses. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** A text by language code; a missing language falls back to the campaign's main one. */
export type TextMap = Record<string, string>;

export type Language = Schemas["Language"];
export type Departement = Schemas["DepartementEnum"];
export type Kind = Schemas["Kind"];
export type Stage = Schemas["Stage"];
export type ReceiptEvent = Schemas["EventEnum"];

export type Config = Schemas["ConfigOutput"];
export type Device = Schemas["DeviceOutput"];
export type DevicePatch = Schemas["PatchedDevicePatchInput"];
export type SubscriptionInput = Schemas["SubscriptionInput"];
export type SubscriptionState = Schemas["SubscriptionOutput"];
export type Follow = Schemas["FollowOutput"];

export type Feed = Schemas["FeedOutput"];
export type Campaign = Schemas["CampaignOutput"];
export type Action = Schemas["ActionOutput"];
export type Gathering = Schemas["GatheringOutput"];
export type HashtagPush = Schemas["HashtagPushOutput"];
export type RallyCall = Schemas["RallyCallOutput"];
export type SolidarityAlert = Schemas["SolidarityAlertOutput"];
export type Person = Schemas["PersonOutput"];

export type Pulse = Schemas["PulseOutput"];
export type Participation = Schemas["ParticipationOutput"];
export type OwnParticipation = Participation & { action: string };
export type ParticipationInput = Schemas["ParticipationInput"];
