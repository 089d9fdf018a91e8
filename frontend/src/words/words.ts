/** Texts in the language chosen; used in components, where they follow a change of language. */
import type { TextMap } from "../api/types";
import { loadLanguage, pick, translate, type MessageKey, type Parameters } from "./language";
import { app } from "../app/state.svelte";
import { clockDiffers, dayDistance, formatDay, formatNumber, formatTime, phoneZone, zoneCity } from "../time/format";

/** From now on the app's texts are in this language; not before they are here. Rejects without network. */
export async function speak(language: string): Promise<void> {
  await loadLanguage(language);
  app.language = language;
}

export function t(key: MessageKey, parameters?: Parameters, count?: number): string {
  return translate(app.language, key, parameters, count);
}

/** An organiser's text, "" when there is none. */
export function said(map: TextMap | null | undefined, campaign: string): string {
  return pick(map ?? null, app.language, app.mainLanguage(campaign))?.value ?? "";
}

/** The `lang` to mark an organiser's text with when it is not in the app's own language. */
export function saidIn(map: TextMap | null | undefined, campaign: string): string | undefined {
  const lang = pick(map ?? null, app.language, app.mainLanguage(campaign))?.lang;
  return lang === app.language ? undefined : lang;
}

export function time(iso: string, zone: string): string {
  return formatTime(iso, app.language, zone);
}

/** "aujourd'hui", "demain", or the day. */
export function day(iso: string, zone: string): string {
  const distance = dayDistance(iso, zone, app.now);
  if (distance === 0) return t("today");
  if (distance === 1) return t("tomorrow");
  if (distance === -1) return t("yesterday");
  return formatDay(iso, app.language, zone, app.now);
}

export function when(iso: string, zone: string): string {
  return t("day_time", { day: day(iso, zone), time: time(iso, zone) });
}

/** An hour, with its day when that is not the one of `from` (ms). */
export function hour(iso: string, zone: string, from: number): string {
  return dayDistance(iso, zone, from) === 0 ? time(iso, zone) : when(iso, zone);
}

/** An hour by this phone's clock, with its day when that is another. */
export function moment(iso: string): string {
  return hour(iso, phoneZone(), app.now);
}

/** From one hour to another, naming the second day only when it is another. */
export function range(start: string, end: string, zone: string): string {
  return t("range", { start: when(start, zone), end: hour(end, zone, Date.parse(start)) });
}

/** What to say about the zone, "" when the phone's clock shows the same. */
export function zoneNote(iso: string, zone: string): string {
  if (!clockDiffers(iso, zone)) return "";
  return t("zone_differs", { city: zoneCity(zone), time: when(iso, phoneZone()) });
}

export function number(value: number): string {
  return formatNumber(value, app.language);
}

/** How long is left, in the one unit that matters. */
export function timeLeft(until: string): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(until) - app.now) / 60_000));
  if (minutes < 60) return t("left_minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("left_hours", { h: hours, m: String(minutes % 60).padStart(2, "0") });
  const days = Math.floor(hours / 24);
  return t("left_days", { n: days }, days);
}

export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(app.language) + text.slice(1);
}
