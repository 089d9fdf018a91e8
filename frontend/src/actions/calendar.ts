/** Addresses of calendars, for the phone's own calendar program. */
import type { Action, Campaign, Gathering } from "../api/types";
import { isBanned } from "./confirmed";

/** One action, or one place of it, as a file. A campaign by link has a key of its own for calendars: it goes along. */
export function actionCalendar(
  action: Pick<Action, "id">,
  campaign: Pick<Campaign, "calendar"> | undefined,
  language: string,
  gathering?: Pick<Gathering, "id">,
): string {
  const asked = new URLSearchParams((campaign?.calendar ?? "").split("?")[1] ?? "");
  asked.set("lang", language);
  if (gathering) asked.set("gathering", gathering.id);
  return `/actions/${encodeURIComponent(action.id)}.ics?${asked}`;
}

/** Where to subscribe to all of a campaign; `program` opens the calendar program itself. `alarms`: in place of alerts. */
export function subscription(
  path: string,
  language: string,
  origin: string,
  alarms: boolean,
): { program: string; address: string } {
  const url = new URL(path, origin);
  url.searchParams.set("lang", language);
  if (alarms) url.searchParams.set("alarm", "1");
  return { program: url.href.replace(/^https?:/, "webcal:"), address: url.href };
}

const DAY = 24 * 3600 * 1000;

/** What goes on for weeks is forgotten: its entry rings once more, a day before its end. As the server's does. */
export function ringsAtEnd(action: Pick<Action, "kind" | "starts_at" | "ends_at">): boolean {
  return action.kind === "outreach" && Date.parse(action.ends_at) - Date.parse(action.starts_at) > 2 * DAY;
}

/**
 * Whether an entry in a calendar still helps: before it begins; for what goes on for weeks, while there is more than a
 * day left, as it reminds of the end too.
 */
export function helpsInCalendar(
  action: Pick<Action, "kind" | "state" | "starts_at" | "ends_at" | "rally_call">,
  gathering: Pick<Gathering, "starts_at"> | undefined,
  now: number,
): boolean {
  if (action.state !== "open" || isBanned(action)) return false;
  if (now < Date.parse(gathering?.starts_at ?? action.starts_at)) return true;
  return ringsAtEnd(action) && Date.parse(action.ends_at) - now > DAY;
}
