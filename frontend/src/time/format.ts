/** Hours and days as people say them, in the action's own zone. Every space inside an hour is a no-break one. */

import { dateFormat, numberFormat } from "../words/formatters";

export { phoneZone } from "../words/formatters";

const SPACE = "\u00a0";

/** What the clocks and the calendar of a zone show: one formatter for all that is asked of them. */
const WALL = {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

function wall(at: Date, zone: string): Record<keyof Omit<typeof WALL, "hourCycle">, number> {
  const found = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
  for (const { type, value } of dateFormat("en", zone, WALL).formatToParts(at))
    if (type in found) found[type as keyof typeof found] = Number(value);
  return found;
}

/** "18 h 02" and "19 h" in French, "18:02" in English, the language's own way elsewhere. */
export function formatTime(iso: string, language: string, zone: string): string {
  const at = new Date(iso);
  if (language === "fr" || language === "en") {
    const { hour, minute } = wall(at, zone);
    const minutes = String(minute).padStart(2, "0");
    if (language === "en") return `${String(hour).padStart(2, "0")}:${minutes}`;
    return minute === 0 ? `${hour}${SPACE}h` : `${hour}${SPACE}h${SPACE}${minutes}`;
  }
  return dateFormat(language, zone, { timeStyle: "short" }).format(at);
}

/** "mardi 24 novembre", with the year when it is not this one. */
export function formatDay(iso: string, language: string, zone: string, now: number): string {
  const at = new Date(iso);
  const otherYear = wall(at, zone).year !== wall(new Date(now), zone).year;
  return dateFormat(locale(language), zone, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(otherYear ? { year: "numeric" as const } : {}),
  }).format(at);
}

/** A day that is noted as such ("2026-11-28"), with its year: "28 novembre 2026". */
export function formatDate(day: string, language: string): string {
  return dateFormat(locale(language), "UTC", { day: "numeric", month: "long", year: "numeric" }).format(new Date(day));
}

/** The calendar's day of a moment in the zone, as its midnight in UTC. */
export function calendarDay(at: Date, zone: string): number {
  const { year, month, day } = wall(at, zone);
  return Date.UTC(year, month - 1, day);
}

/** How many calendar days lie between now and then, as seen in the zone. */
export function dayDistance(iso: string, zone: string, now: number): number {
  return Math.round((calendarDay(new Date(iso), zone) - calendarDay(new Date(now), zone)) / 86_400_000);
}

/** The city of a zone: "Europe/Paris" is "Paris". */
export function zoneCity(zone: string): string {
  return (zone.split("/").pop() ?? zone).replaceAll("_", " ");
}

/** True when the phone's own clock shows another hour or day at that moment than the zone's. */
export function clockDiffers(iso: string, zone: string): boolean {
  const at = new Date(iso);
  const { day, hour, minute } = wall(at, zone);
  return day !== at.getDate() || hour !== at.getHours() || minute !== at.getMinutes();
}

function locale(language: string): string {
  return language === "en" ? "en-GB" : language;
}

export function formatNumber(value: number, language: string): string {
  return numberFormat(locale(language)).format(value);
}
