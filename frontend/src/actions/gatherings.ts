/** The places of an action. */
import type { Gathering } from "../api/types";

/** The person's own departement first, then by hour; the order given decides among equals. */
export function nearestFirst(gatherings: readonly Gathering[], departement: string | null): Gathering[] {
  const away = (gathering: Gathering) => (departement !== null && gathering.departement === departement ? 0 : 1);
  return [...gatherings].sort((a, b) => away(a) - away(b) || Date.parse(a.starts_at) - Date.parse(b.starts_at));
}

/** Opens the phone's own map application; "" when nothing is known to show. */
export function geoLink({ latitude, longitude, address }: Gathering): string {
  const place = encodeURIComponent(address);
  if (latitude === null || longitude === null) return place ? `geo:0,0?q=${place}` : "";
  return `geo:${latitude},${longitude}?q=${latitude},${longitude}${place ? `(${place})` : ""}`;
}

/** "01 23 45 67 89" as a link that calls. */
export function phoneLink(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}

/** How to reach an organiser: an address of a page, a mail or a phone number, "" for anything else. */
export function contactLink(contact: string): string {
  const text = contact.trim();
  if (/^https?:\/\//i.test(text)) return text;
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return `mailto:${text}`;
  return /^[+\d][\d\s().-]{5,}$/.test(text) ? phoneLink(text) : "";
}

/** Links come from organisers: only web addresses become links. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
