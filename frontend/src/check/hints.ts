/** What the person's own settings do to alerts, so that a silence they asked for is not taken for a fault. */
import type { Device, Kind } from "../api/types";
import { KINDS } from "../actions/kinds";
import { dateFormat } from "../words/formatters";

export type Hint =
  | { name: "no_follow" }
  | { name: "quiet_now" | "quiet_later"; from: string; to: string }
  | { name: "discreet" }
  | { name: "muted"; campaign: string; kinds: Kind[] }
  | { name: "zone"; zone: string }
  | { name: "clock"; minutes: number };

/** A phone's clock that is off by more than this (ms) makes hours on the screen wrong. */
const CLOCK = 2 * 60_000;

export interface HintFacts {
  device: Pick<Device, "quiet_hours" | "lock_screen" | "time_zone" | "follows">;
  /** The server's time in ms. */
  now: number;
  /** The phone's. */
  clock: number;
  phoneZone: string;
}

export function hintsFor({ device, now, clock, phoneZone }: HintFacts): Hint[] {
  const hints: Hint[] = [];
  if (device.follows.length === 0) hints.push({ name: "no_follow" });
  if (device.quiet_hours) {
    const { start, end } = device.quiet_hours;
    const quiet = isQuiet(minutesIn(device.time_zone, now), minutesOf(start), minutesOf(end));
    hints.push({ name: quiet ? "quiet_now" : "quiet_later", from: start.slice(0, 5), to: end.slice(0, 5) });
    if (minutesIn(device.time_zone, now) !== minutesIn(phoneZone, now))
      hints.push({ name: "zone", zone: device.time_zone });
  }
  if (device.lock_screen === "discreet") hints.push({ name: "discreet" });
  for (const { campaign, kinds } of device.follows) {
    const muted = KINDS.filter((kind) => !kinds.includes(kind));
    if (muted.length > 0) hints.push({ name: "muted", campaign, kinds: muted });
  }
  if (Math.abs(now - clock) > CLOCK) hints.push({ name: "clock", minutes: Math.round(Math.abs(now - clock) / 60_000) });
  return hints;
}

/** In minutes of the day; the hours may go over midnight. */
export function isQuiet(now: number, start: number, end: number): boolean {
  return start < end ? start <= now && now < end : now >= start || now < end;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

function minutesIn(zone: string, at: number): number {
  return minutesOf(dateFormat("en-GB", zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at));
}
