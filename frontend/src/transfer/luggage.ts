/** What only this phone knows and another is to know: keys of campaigns, invitations, a server's name, half a post. */
import { keepInvitation, takeLinks } from "../campaigns/links";
import { app } from "../app/state.svelte";
import { database, type Draft } from "../store/database";
import { preference, setPreference } from "../store/preferences";

export interface Luggage {
  links: Record<string, string>;
  invitations: Record<string, string>;
  mastodonServer: string;
  drafts: Draft[];
}

/** As JSON. What is larger could not be sent; then what is being written stays behind, and nothing else. */
const MOST_CHARACTERS = 7000;

export async function pack(): Promise<Luggage> {
  const luggage: Luggage = {
    links: (await preference("links")) ?? {},
    invitations: (await preference("invitations")) ?? {},
    mastodonServer: (await preference("mastodonServer")) ?? "",
    drafts: await (await database()).getAll("drafts"),
  };
  return JSON.stringify(luggage).length > MOST_CHARACTERS ? { ...luggage, drafts: [] } : luggage;
}

/** Lays it beside what this phone has already: that stays where both have something. */
export async function unpack(given: unknown): Promise<void> {
  const luggage = given as Partial<Luggage>;
  await takeLinks(luggage.links ?? {});
  for (const [campaign, code] of Object.entries(luggage.invitations ?? {})) await keepInvitation(campaign, code);
  if (luggage.mastodonServer && !app.mastodonServer) {
    app.mastodonServer = luggage.mastodonServer;
    await setPreference("mastodonServer", luggage.mastodonServer);
  }
  const db = await database();
  for (const draft of luggage.drafts ?? []) if (!(await db.get("drafts", draft.action))) await db.put("drafts", draft);
}
