/** Which address shows which screen. */

export type Route =
  | { screen: "feed" }
  | { screen: "action"; id: string }
  | { screen: "campaign"; slug: string; invitation: string | null }
  | { screen: "alerts" }
  | { screen: "settings" }
  | { screen: "unknown" };

/** Reads a path with its query, as in "/a/1234?alert=5". */
export function readRoute(address: string): Route {
  const url = new URL(address, "https://app.invalid");
  const [first = "", second = "", ...rest] = url.pathname.split("/").filter(Boolean).map(decode);
  if (rest.length > 0) return { screen: "unknown" };
  if (first === "") return { screen: "feed" };
  if (first === "a" && second) return { screen: "action", id: second };
  if (first === "c" && second)
    return { screen: "campaign", slug: second, invitation: url.searchParams.get("invitation") };
  if ((first === "alerts" || first === "settings") && !second) return { screen: first };
  return { screen: "unknown" };
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

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
