/** The apps that open links in a browser of their own, and what each lets out of it. */

export type InApp =
  | "discord"
  | "facebook"
  | "google"
  | "instagram"
  | "line"
  | "linkedin"
  | "messenger"
  | "pinterest"
  | "reddit"
  | "snapchat"
  | "telegram"
  | "threads"
  | "tiktok"
  | "wechat"
  | "whatsapp"
  | "x"
  /** One that does not say its name. */
  | "unnamed";

/** How an app's page is handed to the phone's own browser. */
export type Door = "intent" | "x-safari" | "own-scheme" | null;

interface AppFacts {
  /** As people call it. */
  name: string;
  /** What it writes into the user agent; Telegram on an iPhone writes nothing. */
  marker: RegExp;
  /** On an iPhone. Android's `intent:` is for all but those that are said to swallow it. */
  ios: Door;
  android: Door;
  /** Where its menu is; "" where that differs from version to version. */
  corner: "top" | "bottom" | "";
}

/** In this order: the first whose marker is found. Meta's apps carry each other's marks, so the narrow ones come first. */
const APPS: Record<Exclude<InApp, "unnamed">, AppFacts> = {
  instagram: { name: "Instagram", marker: /\bInstagram[ /]/, ios: "own-scheme", android: "intent", corner: "top" },
  threads: { name: "Threads", marker: /\bBarcelona[ /]/, ios: "own-scheme", android: "intent", corner: "top" },
  messenger: {
    name: "Messenger",
    // What Facebook's own browser writes ends in IABMV; the same without it comes from Messenger.
    marker: /FBAN\/Messenger|FB_IAB\/(MESSENGER|Orca)|^(?!.*IABMV)(?!.*MetaIAB).*\b(FBAN|FB_IAB)\//i,
    ios: "x-safari",
    android: "intent",
    corner: "",
  },
  facebook: {
    name: "Facebook",
    marker: /\b(FBAN|FBAV|FB_IAB)\/|MetaIAB Facebook/,
    ios: "x-safari",
    android: "intent",
    corner: "top",
  },
  tiktok: {
    name: "TikTok",
    marker: /musical_ly|BytedanceWebview|\btrill_|\bTikTok\b/,
    ios: "x-safari",
    android: "intent",
    corner: "top",
  },
  x: { name: "X", marker: /\bTwitter(Android| for iP)/, ios: null, android: "intent", corner: "" },
  snapchat: { name: "Snapchat", marker: /\bSnapchat\//, ios: null, android: "intent", corner: "" },
  linkedin: { name: "LinkedIn", marker: /LinkedInApp/, ios: "x-safari", android: "intent", corner: "top" },
  whatsapp: {
    name: "WhatsApp",
    marker: /\b(WA4A|WAiOS|WhatsApp)\//,
    ios: "x-safari",
    android: "intent",
    corner: "",
  },
  wechat: { name: "WeChat", marker: /\bMicroMessenger\//, ios: null, android: null, corner: "top" },
  telegram: { name: "Telegram", marker: /\bTelegram-Android\//, ios: "x-safari", android: "intent", corner: "" },
  line: { name: "LINE", marker: /\bLine\//, ios: "x-safari", android: "intent", corner: "" },
  reddit: { name: "Reddit", marker: /\bReddit\//, ios: "x-safari", android: "intent", corner: "" },
  discord: { name: "Discord", marker: /\bDiscord\//, ios: "x-safari", android: "intent", corner: "" },
  pinterest: { name: "Pinterest", marker: /\bPinterest\b/, ios: "x-safari", android: "intent", corner: "" },
  google: { name: "Google", marker: /\bGSA\//, ios: "x-safari", android: "intent", corner: "" },
};

const UNNAMED: AppFacts = { name: "", marker: /^$/, ios: "x-safari", android: "intent", corner: "" };

export function appFacts(app: InApp): AppFacts {
  return app === "unnamed" ? UNNAMED : APPS[app];
}

/** The app that says its name in this user agent. */
export function namedApp(userAgent: string): InApp | null {
  const found = Object.entries(APPS).find(([, { marker }]) => marker.test(userAgent));
  return (found?.[0] as InApp | undefined) ?? null;
}
