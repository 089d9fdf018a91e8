/** The rights sheet: the worker keeps it from its installation on, so it comes without network too. */
import { api } from "../api/client";
import type { RightsSheet, RightsTopic } from "../api/types";

/** The law changes: a sheet that was checked longer ago than this says so, in ms. */
const OLD_AFTER = 365 * 24 * 3600 * 1000;

let asked: Promise<RightsSheet> | null = null;

/** The sheet, asked for once. Rejects when neither phone nor network has it; then the next call asks again. */
export function loadSheet(): Promise<RightsSheet> {
  asked ??= api.rights().catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

/** A corrected sheet has come: the next call reads it. */
export function forgetSheet(): void {
  asked = null;
}

export function isOld(sheet: RightsSheet, now: number): boolean {
  return now - Date.parse(sheet.checked_on) > OLD_AFTER;
}

export function topicOf(sheet: RightsSheet, id: string): RightsTopic | undefined {
  return sheet.topics.find((topic) => topic.id === id);
}
