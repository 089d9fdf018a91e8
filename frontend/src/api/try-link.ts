/** Whether a link opens what somebody came to with it. */
import type { Page } from "../campaigns/links";

/** The header that the keys go in. */
export const LINKS = "Campaign-Link";

/**
 * Asks as one who has nothing but this key, neither cookie nor another key. Resolves with the campaign that it opens;
 * null when it opens nothing, or what is open to everybody anyway; undefined when no server has said so.
 */
export async function tryLink(key: string, page: Page): Promise<string | null | undefined> {
  try {
    const options = { headers: { [LINKS]: key }, credentials: "omit", cache: "no-store" } as const;
    const response = await fetch(new Request(`${location.origin}/api/v1/${page}`, options));
    const told: { code?: string; slug?: string; campaign?: string } = await response.json();
    if (response.status === 404 && told.code) return null;
    if (!response.ok) return undefined;
    const isClosed = /no-store/.test(response.headers.get("cache-control") ?? "");
    return isClosed ? (told.slug ?? told.campaign) : null;
  } catch {
    return undefined;
  }
}
