/** Which address shows which screen. */

/** The rooms of the settings, by the last part of their address; src/settings/rooms.ts says what is in each. */
export const SETTINGS_ROOMS = ["campaigns", "alerts", "language", "phone", "privacy", "erase"] as const;
export type SettingsRoom = (typeof SETTINGS_ROOMS)[number];

export type Route =
  | { screen: "feed" }
  | { screen: "action"; id: string; link?: string }
  | { screen: "campaign"; slug: string; link?: string; invitation?: string }
  | { screen: "alerts" }
  | { screen: "check" }
  | { screen: "rights"; action?: string }
  | { screen: "settings"; room?: SettingsRoom }
  | { screen: "install"; to: string }
  | { screen: "transfer"; code?: string }
  | { screen: "unknown" };

/**
 * Reads a path with its query and fragment, as in "/a/1234?alert=5" and "/c/amis#invitation=xyz". What opens a campaign
 * is in the fragment: that part of an address is never sent, so it is in no server's log and in no referrer.
 */
export function readRoute(address: string): Route {
  const url = new URL(address, "https://app.invalid");
  const [first = "", second = "", ...rest] = url.pathname.split("/").filter(Boolean).map(decode);
  if (rest.length > 0) return { screen: "unknown" };
  if (first === "") return { screen: "feed" };
  const secrets = readSecrets(url.hash);
  if (first === "a" && second) return { screen: "action", id: second, ...secrets("link") };
  if (first === "c" && second)
    return { screen: "campaign", slug: second, ...secrets("link"), ...secrets("invitation") };
  if (first === "rights" && !second) return { screen: "rights", ...readAction(url.searchParams) };
  if ((first === "alerts" || first === "settings") && !second) return { screen: first };
  if (first === "transfer" && !second) return { screen: "transfer", ...secrets("code") };
  if (first === "alerts" && second === "check") return { screen: "check" };
  const room = SETTINGS_ROOMS.find((each) => each === second);
  if (first === "settings" && room) return { screen: "settings", room };
  if (first === "install" && !second) return { screen: "install", to: readPage(url.searchParams.get("to")) };
  return { screen: "unknown" };
}

/** The page of this app that the guide is to bring to another browser or phone. */
function readPage(path: string | null): string {
  return path !== null && /^\/(?![/\\])/.test(path) && isAppPath(path) ? path : "/";
}

/** True for a path that the app shows itself; all others belong to the server. */
export function isAppPath(address: string): boolean {
  return readRoute(address).screen !== "unknown";
}

export function actionPath(id: string): string {
  return `/a/${encodeURIComponent(id)}`;
}

export function campaignPath(slug: string): string {
  return `/c/${encodeURIComponent(slug)}`;
}

/** The action that the rights sheet was opened from. */
function readAction(query: URLSearchParams): { action?: string } {
  const id = query.get("action") ?? "";
  return /^[\w-]{1,64}$/.test(id) ? { action: id } : {};
}

/** Of the pairs in a fragment, those that can be a key or a code. */
function readSecrets(
  fragment: string,
): <K extends "link" | "invitation" | "code">(name: K) => Partial<Record<K, string>> {
  const given = new URLSearchParams(fragment.slice(1));
  return (name) => {
    const value = given.get(name) ?? "";
    return (/^[\w-]{8,64}$/.test(value) ? { [name]: value } : {}) as Partial<Record<typeof name, string>>;
  };
}

/** Where an address that was pasted leads in this app, with its fragment; null when it leads elsewhere. */
export function pastedPath(text: string, origin: string): string | null {
  const found = /https?:\/\/\S+/.exec(text)?.[0] ?? "";
  try {
    const url = new URL(found);
    const known = ["action", "campaign", "transfer"].includes(readRoute(url.pathname).screen);
    return url.origin === origin && known ? url.pathname + url.hash : null;
  } catch {
    return null;
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
