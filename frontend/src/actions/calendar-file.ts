/** An action as an entry of a calendar (RFC 5545), made on the phone: for when no network brings the server's own. */
import type { Action, Gathering } from "../api/types";
import { ringsAtEnd } from "./calendar";
import { withSign } from "../words/hashtags";

/** Octets of a line, its end not counted (section 3.1). */
const LINE = 75;
const USUAL_LENGTH = 3600_000;

export interface Entry {
  action: Action;
  gathering: Gathering | undefined;
  /** Picks an organiser's text in the reader's language. */
  say: (text: Record<string, string>) => string;
  origin: string;
  /** What the site is called. */
  site: string;
  now: number;
}

/** The same entry as the server's, by its UID; of the two the server's is the newer one, whenever it comes. */
export function calendarFile({ action, gathering, say, origin, site, now }: Entry): string {
  const url = `${origin}/a/${encodeURIComponent(action.id)}`;
  const starts = Date.parse(gathering?.starts_at ?? action.starts_at);
  const given = Date.parse(gathering?.ends_at ?? action.ends_at);
  const ends = given > starts ? given : starts + USUAL_LENGTH;
  const place = gathering ? [say(gathering.name), gathering.address] : [action.broadcast?.platform ?? ""];
  const words = [
    withSign(action.hashtag_push?.hashtag),
    say(action.summary),
    action.broadcast?.link ?? "",
    gathering ? say(gathering.practical) : "",
    url,
  ];
  const title = escape(say(action.title));
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `PRODID:-//${escape(site)}//EN`,
    "CALSCALE:GREGORIAN",
    "BEGIN:VEVENT",
    `UID:${gathering?.id ?? action.id}@${new URL(origin).hostname}`,
    `DTSTAMP:${utc(now)}`,
    "SEQUENCE:0",
    `DTSTART:${utc(starts)}`,
    `DTEND:${utc(ends)}`,
    `SUMMARY:${title}`,
    "STATUS:CONFIRMED",
    "CLASS:PRIVATE",
    `DESCRIPTION:${escape(words.filter(Boolean).join("\n\n"))}`,
    ...(place.some(Boolean) ? [`LOCATION:${escape(place.filter(Boolean).join(", "))}`] : []),
    `URL:${url}`,
    ...alarm(title, `TRIGGER:-PT${gathering ? 60 : 10}M`),
    ...(ringsAtEnd(action) ? alarm(title, "TRIGGER;RELATED=END:-P1D") : []),
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map(fold).join("");
}

function alarm(title: string, trigger: string): string[] {
  return ["BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:${title}`, trigger, "END:VALARM"];
}

function utc(moment: number): string {
  return new Date(moment).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Section 3.3.11. */
function escape(text: string): string {
  const plain = text
    .replace(/\r\n?/g, "\n")
    .replace(/[\x00-\x09\x0b-\x1f\x7f]/g, " ")
    .trim();
  return plain.replace(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n");
}

/** The line with its end, in pieces of at most 75 octets; no character is cut in two. */
function fold(line: string): string {
  const pieces: string[] = [];
  let piece = "";
  let octets = 0;
  for (const character of line) {
    const more = new TextEncoder().encode(character).length;
    if (octets + more > LINE - (pieces.length > 0 ? 1 : 0)) {
      pieces.push(piece);
      piece = "";
      octets = 0;
    }
    piece += character;
    octets += more;
  }
  return [...pieces, piece].join("\r\n ") + "\r\n";
}
