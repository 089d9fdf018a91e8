/** The browser's formatters: dear to make, cheap to use, so each is made once. */

const made = new Map<string, unknown>();

function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

/** A zone that this browser's tables lack is shown in UTC rather than not at all. */
export function dateFormat(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`${language} ${zone} ${JSON.stringify(options)}`, () => {
    try {
      return new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    } catch {
      return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    }
  });
}

export function numberFormat(language: string): Intl.NumberFormat {
  return once(`number ${language}`, () => new Intl.NumberFormat(language));
}

export function pluralRules(language: string): Intl.PluralRules {
  return once(`plural ${language}`, () => new Intl.PluralRules(language));
}

export function segmenter(): Intl.Segmenter {
  return once("segmenter", () => new Intl.Segmenter(undefined, { granularity: "grapheme" }));
}

/** Phones travel: after so long, in ms, the phone is asked again where it is. */
const ZONE_FRESH = 60_000;
let zone = { name: "", asked: -Infinity };

export function phoneZone(): string {
  const now = performance.now();
  if (now - zone.asked > ZONE_FRESH) zone = { name: Intl.DateTimeFormat().resolvedOptions().timeZone, asked: now };
  return zone.name;
}
