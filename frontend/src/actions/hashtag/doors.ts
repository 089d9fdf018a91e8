/** The three ways to take part in a hashtag push, and which of them an action has. */
import type { Action, Campaign } from "../../api/types";
import { actionPath } from "../../app/routes";
import type { MessageKey } from "../../words/language";
import { mediaOf } from "../media";

export type Door = "write" | "relay" | "pass";

/** What each door is called, what it is for, and what is asked and said when somebody comes back through it. */
export const WORDS: Record<Door, { name: MessageKey; why: MessageKey; asked: MessageKey; done: MessageKey }> = {
  write: { name: "door_write", why: "door_write_why", asked: "posted_question", done: "posted" },
  relay: { name: "door_relay", why: "door_relay_why", asked: "relayed_question", done: "relayed" },
  pass: { name: "door_pass", why: "door_pass_why", asked: "passed_question", done: "passed" },
};

/** Those that there is something behind: nothing to relay, or a campaign that nobody else may see, has no such door. */
export function doorsOf(
  action: Action,
  campaign: Pick<Campaign, "visibility"> | undefined,
  link: string | null,
): Door[] {
  const doors: Door[] = ["write"];
  if (mediaOf(action).length > 0) doors.push("relay");
  if ((campaign?.visibility ?? "public") === "public" || link !== null) doors.push("pass");
  return doors;
}

/** The door that an arrow key leads to, round and round. */
export function nextDoor(doors: readonly Door[], from: Door, key: string): Door | null {
  const at = doors.indexOf(from);
  const steps: Record<string, number> = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1 };
  const to = key === "Home" ? 0 : key === "End" ? doors.length - 1 : steps[key];
  return to === undefined ? null : doors[(to + doors.length) % doors.length]!;
}

/** The address of an action for somebody else; that of a campaign by link opens it for them too. */
export function actionAddress(action: Pick<Action, "id">, origin: string, link: string | null): string {
  return `${origin}${actionPath(action.id)}${link === null ? "" : `#link=${link}`}`;
}

/** "videos.example", of any address. */
export function hostOf(address: string): string {
  try {
    return new URL(address).hostname.replace(/^www\./, "");
  } catch {
    return address;
  }
}
