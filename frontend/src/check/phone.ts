/** Which make of phone this is: each has its own ways of putting a browser to sleep. Nothing of it leaves the phone. */
import type { Browser, Place } from "../install/place";

export const MAKES = ["samsung", "xiaomi", "huawei", "oppo", "vivo", "transsion", "pixel", "other"] as const;
export type Make = (typeof MAKES)[number];
export type Computer = "windows" | "macos" | "linux" | "chromeos";

export interface Phone {
  system: "android" | "ios" | Computer;
  browser: Browser;
  installed: boolean;
  /** Of an Android phone; null where the browser does not say, as Firefox. */
  make: Make | null;
}

/** What a browser says of the machine that it is on. */
export interface PhoneFacts {
  userAgent: string;
  /** User-agent client hints, "" where there are none. */
  model: string;
  platform: string;
}

/**
 * By the names and numbers that makers give their models: "SM-S921B", "Redmi Note 12", "2201117TG", "CPH2609". The
 * first that fits.
 */
const MODELS: readonly [Exclude<Make, "other">, RegExp][] = [
  ["samsung", /^(SM-|GT-|SAMSUNG|Galaxy)/i],
  ["pixel", /^Pixel/i],
  ["xiaomi", /^(Xiaomi|Redmi|POCO|Mi\b|MIX\b|M[12]\d{3}[A-Z]|2\d{3,6}[A-Z][A-Z0-9]{0,5}$)/i],
  ["huawei", /^(Huawei|Honor)|^[A-Z]{3,4}-(A?[LN]|TL|NX|LX|AN|W)\d/i],
  ["oppo", /^(OPPO|OnePlus|realme|CPH\d|RMX\d|P[A-Z]{3}\d0$|(GM|IN|KB|LE|NE|AC|DN|HD|EB|MT)\d{4}$)/i],
  ["vivo", /^(vivo|iQOO|V\d{4}[A-Z]{0,2}$|I2\d{3}$)/i],
  ["transsion", /^(TECNO|Infinix|itel)/i],
];

export function findPhone(place: Pick<Place, "system" | "browser" | "installed">, facts: PhoneFacts): Phone {
  const { system, browser, installed } = place;
  if (system !== "android") {
    return { system: system === "ios" ? "ios" : findComputer(facts), browser, installed, make: null };
  }
  return { system, browser, installed, make: findMake(facts, browser) };
}

function findMake({ userAgent, model }: PhoneFacts, browser: Browser): Make | null {
  const named = model || modelIn(userAgent);
  if (named !== "") return MODELS.find(([, pattern]) => pattern.test(named))?.[0] ?? "other";
  // Samsung's own browser is on other phones too, but seldom.
  return browser === "samsung" ? "samsung" : null;
}

/** "" where the browser hides it: Chrome writes "K" for every phone, Firefox "Mobile". */
function modelIn(userAgent: string): string {
  const named = /Android [\d.]+; (?:[a-z]{2}-[a-z]{2}; )?([^;)]+)/i.exec(userAgent)?.[1]?.trim() ?? "";
  const bare = named.replace(/ Build\/.*$/, "").replace(/^SAMSUNG /, "");
  return /^(K|Mobile|Tablet|rv:.*|wv)$/.test(bare) ? "" : bare;
}

function findComputer({ userAgent, platform }: PhoneFacts): Computer {
  if (platform === "Windows" || /Windows/.test(userAgent)) return "windows";
  if (platform === "macOS" || /Macintosh/.test(userAgent)) return "macos";
  if (/^Chrom(e|ium) ?OS$/.test(platform) || /\bCrOS\b/.test(userAgent)) return "chromeos";
  return "linux";
}

interface HintingNavigator extends Navigator {
  userAgentData?: {
    platform: string;
    getHighEntropyValues(hints: string[]): Promise<{ model?: string; platform?: string }>;
  };
}

/** This one. */
export async function whichPhone(place: Place): Promise<Phone> {
  const { userAgent, userAgentData } = navigator as HintingNavigator;
  const hints = await userAgentData?.getHighEntropyValues(["model"]).catch(() => undefined);
  return findPhone(place, {
    userAgent,
    model: hints?.model ?? "",
    platform: hints?.platform ?? userAgentData?.platform ?? "",
  });
}
