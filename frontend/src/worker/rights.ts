/** The rights sheet, among the app's own files: it comes with them, and is there whatever else the phone keeps. */
import { shellName, type ShellFile } from "./shell";

export const RIGHTS: ShellFile = { url: "/api/v1/rights", revision: "sheet" };

/**
 * Answers at once with the sheet that is kept, and asks for a newer one meanwhile; `tell` when there is one. The page
 * that was answered shows the older one until it is told.
 */
export async function answerRights(
  files: readonly ShellFile[],
  network: () => Promise<Response>,
  lasting: (work: Promise<unknown>) => void,
  tell: () => Promise<void>,
): Promise<Response> {
  const cache = await caches.open(shellName(files));
  const kept = await cache.match(RIGHTS.url);
  const fresh = network().then(async (response) => {
    if (!response.ok) return response;
    await cache.put(RIGHTS.url, response.clone());
    if (kept && kept.headers.get("etag") !== response.headers.get("etag")) await tell();
    return response;
  });
  if (!kept) return fresh;
  lasting(fresh.catch(() => undefined));
  return kept;
}
