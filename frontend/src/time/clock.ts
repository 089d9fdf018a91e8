/** The server's clock, as far as the phone can tell. */

/** How far the server is ahead of the phone, in ms; `received` is the phone's time at half of the round trip. */
export function clockOffset(serverTime: string, received: number): number {
  const server = Date.parse(serverTime);
  return Number.isNaN(server) ? 0 : server - received;
}

/** A `Date` header has whole seconds: differences below that are noise. */
export function steadyOffset(offset: number): number {
  return Math.abs(offset) < 2000 ? 0 : offset;
}

/** How far the server is ahead of the phone, in ms; `certain` when it has said so since the page was opened. */
export interface ClockFault {
  offset: number;
  certain: boolean;
}

export interface Remaining {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** Splits what is left until a moment; all zero once it has passed. */
export function remaining(until: number, now: number): Remaining {
  const total = Math.max(0, Math.ceil((until - now) / 1000));
  return {
    days: Math.floor(total / 86400),
    hours: Math.floor((total % 86400) / 3600),
    minutes: Math.floor((total % 3600) / 60),
    seconds: total % 60,
  };
}

export type Phase = "before" | "during" | "after";

export function phase(starts: string, ends: string, now: number): Phase {
  if (now < Date.parse(starts)) return "before";
  return now < Date.parse(ends) ? "during" : "after";
}
