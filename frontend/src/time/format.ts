/** Hours and days as people say them, in the action's own zone. Every space inside an hour is a no-break one. */

const SPACE = "\u00a0";

function parts(at: Date, language: string, zone: string, options: Intl.DateTimeFormatOptions) {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  const format = new Intl.DateTimeFormat(language, { ...options, timeZone: knownZone(zone) });
  for (const part of format.formatToParts(at)) found[part.type] = part.value;
  return found;
}

/** A zone that this browser's tables lack is shown in UTC rather than not at all. */
function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/** "18 h 02" and "19 h" in French, "18:02" in English, the language's own way elsewhere. */
export function formatTime(iso: string, language: string, zone: string): string {
  const at = new Date(iso);
  const { hour = "0", minute = "00" } = parts(at, "en-GB", zone, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  if (language === "fr")
    return minute === "00" ? `${Number(hour)}${SPACE}h` : `${Number(hour)}${SPACE}h${SPACE}${minute}`;
  if (language === "en") return `${hour}:${minute}`;
  return new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: knownZone(zone) }).format(at);
}

/** "mardi 24 novembre", with the year when it is not this one. */
export function formatDay(iso: string, language: string, zone: string, now: number): string {
  const at = new Date(iso);
  const thisYear = parts(new Date(now), "en", zone, { year: "numeric" }).year;
  const otherYear = parts(at, "en", zone, { year: "numeric" }).year !== thisYear;
  return new Intl.DateTimeFormat(locale(language), {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(otherYear ? { year: "numeric" as const } : {}),
    timeZone: knownZone(zone),
  }).format(at);
}

/** How many calendar days lie between now and then, as seen in the zone. */
export function dayDistance(iso: string, zone: string, now: number): number {
  const day = (at: Date) => {
    const { year, month, day } = parts(at, "en", zone, { year: "numeric", month: "numeric", day: "numeric" });
    return Date.UTC(Number(year), Number(month) - 1, Number(day));
  };
  return Math.round((day(new Date(iso)) - day(new Date(now))) / 86_400_000);
}

/** The city of a zone: "Europe/Paris" is "Paris". */
export function zoneCity(zone: string): string {
  return (zone.split("/").pop() ?? zone).replaceAll("_", " ");
}

/** True when the clocks of both zones differ at that moment. */
export function zonesDiffer(iso: string, zone: string, other: string): boolean {
  const wall = (of: string) =>
    JSON.stringify(
      parts(new Date(iso), "en", of, { day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23" }),
    );
  return wall(zone) !== wall(other);
}

export function phoneZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function locale(language: string): string {
  return language === "en" ? "en-GB" : language;
}

export function formatNumber(value: number, language: string): string {
  return new Intl.NumberFormat(locale(language)).format(value);
}
