/** Where the app is open: on which system, in which browser, in an app's own browser, or from its icon. */
import { namedApp, type InApp } from "./apps";
import { openedFromIcon } from "./icon";

export type System = "android" | "ios" | "desktop";
export type Browser = "chrome" | "samsung" | "firefox" | "edge" | "opera" | "safari" | "other";

export interface Place {
  system: System;
  browser: Browser;
  /** The app whose own browser this is: no alerts and no icon there. */
  app: InApp | null;
  /** Opened from its icon. */
  installed: boolean;
  /** An iPhone's or iPad's system, as 17.5; null where it does not say, as an iPad that says it is a Mac. */
  ios: number | null;
  /** Safari's own version, which counts on when the system's stands still in the user agent. */
  safari: number | null;
  tablet: boolean;
}

/** What a browser says of itself. */
export interface PlaceFacts {
  userAgent: string;
  /** User-agent client hints, where there are any. */
  brands: readonly string[];
  platform: string;
  touchPoints: number;
  /** Whether there is a mouse or the like. */
  finePointer: boolean;
  standalone: boolean;
  /** Telegram's browser says that it is Safari or Chrome, and leaves objects of its own in each page. */
  telegram: boolean;
}

export function findPlace(facts: PlaceFacts): Place {
  const system = findSystem(facts);
  const { userAgent, standalone } = facts;
  return {
    system,
    browser: findBrowser(facts, system),
    app: standalone ? null : findApp(facts, system),
    installed: standalone,
    ios: system === "ios" ? version(/\bOS (\d+)_(\d+)/, userAgent) : null,
    safari: version(/\bVersion\/(\d+)\.(\d+)/, userAgent),
    tablet: system !== "desktop" && (/iPad|Macintosh/.test(userAgent) || !/Mobi/.test(userAgent)),
  };
}

function findSystem({ userAgent, platform, touchPoints, finePointer }: PlaceFacts): System {
  if (/iPhone|iPad|iPod/.test(userAgent)) return "ios";
  if (/Android/.test(userAgent) || platform === "Android") return "android";
  // An iPad says that it is a Mac, but no Mac has a touch screen.
  if (/Macintosh/.test(userAgent) && touchPoints > 1) return "ios";
  // A phone or tablet that was asked for the desktop page says it is a Linux computer; those have a mouse.
  if (/X11; Linux/.test(userAgent) && touchPoints > 1 && !finePointer) return "android";
  return "desktop";
}

/** Others before Chrome and Safari, whose names they all carry. */
function findBrowser({ userAgent, brands }: PlaceFacts, system: System): Browser {
  if (/SamsungBrowser\//.test(userAgent) || brands.includes("Samsung Internet")) return "samsung";
  if (/\b(Edg|EdgA|EdgiOS)\//.test(userAgent) || brands.includes("Microsoft Edge")) return "edge";
  if (/\b(OPR|OPT|OPX|OPiOS)\//.test(userAgent) || brands.includes("Opera")) return "opera";
  if (/\b(Firefox|FxiOS|Focus)\//.test(userAgent)) return "firefox";
  if (/DuckDuckGo|YaBrowser|Puffin|UCBrowser|MiuiBrowser|HuaweiBrowser|Ddg\//.test(userAgent)) return "other";
  if (/CriOS\//.test(userAgent) || (system !== "ios" && /\bChrome\//.test(userAgent))) return "chrome";
  return /\bSafari\//.test(userAgent) && /\bVersion\//.test(userAgent) ? "safari" : "other";
}

function findApp({ userAgent, brands, telegram }: PlaceFacts, system: System): InApp | null {
  if (system === "desktop") return null;
  if (telegram) return "telegram";
  const named = namedApp(userAgent);
  if (named !== null) return named;
  // Android's WebView says so. On an iPhone, a browser says "Safari/"; a page inside an app does not, unless made to.
  const webView = /; wv\)/.test(userAgent) || brands.includes("Android WebView");
  return webView || (system === "ios" && !/\bSafari\//.test(userAgent)) ? "unnamed" : null;
}

function version(pattern: RegExp, userAgent: string): number | null {
  const found = pattern.exec(userAgent);
  return found ? Number(`${found[1]}.${found[2]}`) : null;
}

interface TalkativeNavigator extends Navigator {
  userAgentData?: { brands: readonly { brand: string }[]; platform: string };
}

function readFacts(): PlaceFacts {
  const { userAgent, maxTouchPoints, userAgentData } = navigator as TalkativeNavigator;
  return {
    userAgent,
    brands: userAgentData?.brands.map(({ brand }) => brand) ?? [],
    platform: userAgentData?.platform ?? "",
    touchPoints: maxTouchPoints,
    finePointer: matchMedia("(any-pointer: fine)").matches,
    standalone: openedFromIcon(),
    telegram: "TelegramWebview" in window || "TelegramWebviewProxy" in window || "TelegramWebviewProxyProto" in window,
  };
}

/** This browser's. Asked each time: Telegram's objects may come after the page. */
export function whereAmI(): Place {
  return findPlace(readFacts());
}
