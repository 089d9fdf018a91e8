/** The shapes of the API, under the names that the app uses. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** A text by language code; a missing language falls back to the campaign's main one. */
export type TextMap = Record<string, string>;

export type Departement = Schemas["DepartementEnum"];
export type Kind = Schemas["Kind"];
export type Stage = Schemas["Stage"];
export type ReceiptEvent = Schemas["EventEnum"];

export type Config = Schemas["ConfigOutput"];
export type Device = Schemas["DeviceOutput"];
export type DevicePatch = Schemas["PatchedDevicePatchInput"];
export type SubscriptionInput = Schemas["SubscriptionInput"];
export type SubscriptionState = Schemas["SubscriptionOutput"];
export type Reach = Schemas["SubscriptionReachOutput"];
export type Follow = Schemas["FollowOutput"];

export type Feed = Schemas["FeedOutput"];
export type Campaign = Schemas["CampaignOutput"];
export type Action = Schemas["ActionOutput"];
export type Medium = Schemas["MediumOutput"];
export type Picture = Schemas["PictureOutput"];
export type Gathering = Schemas["GatheringOutput"];
export type HashtagPush = Schemas["HashtagPushOutput"];
export type RallyCall = Schemas["RallyCallOutput"];
export type SolidarityAlert = Schemas["SolidarityAlertOutput"];
export type Broadcast = Schemas["BroadcastOutput"];
export type Outreach = Schemas["OutreachOutput"];
export type OutreachGoal = Schemas["OutreachGoalOutput"];
export type Office = Schemas["OfficeOutput"];
export type Claim = Schemas["ClaimOutput"];
export type Result = Schemas["ResultEnum"];
export type OutcomeInput = Schemas["OutcomeInput"];
export type Person = Schemas["PersonOutput"];

export type RightsSheet = Schemas["RightsOutput"];
export type RightsTopic = Schemas["TopicOutput"];

export type Pulse = Schemas["PulseOutput"];
export type Note = Schemas["NoteOutput"];
export type Participation = Schemas["ParticipationOutput"];
export type OwnParticipation = Participation & { action: string };
export type ParticipationInput = Schemas["ParticipationInput"];
