/** Where people come in, by the names of src/app/screens.ts: these files, under src/, are loaded first. */
export const ENTRANCES: Record<string, string> = {
  feed: "feed/FeedScreen.svelte",
  campaign: "campaigns/CampaignScreen.svelte",
  action: "actions/ActionScreen.svelte",
  hashtag_push: "actions/hashtag/HashtagRoom.svelte",
  rally_call: "actions/rally/RallyScreen.svelte",
  solidarity_alert: "actions/solidarity/SolidarityScreen.svelte",
  broadcast: "actions/broadcast/BroadcastScreen.svelte",
  outreach: "actions/outreach/OutreachScreen.svelte",
};
