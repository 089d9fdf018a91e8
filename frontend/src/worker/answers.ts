/** The last answers of the API, for when the network has none: network first, always. */
import { KEPT_AT } from "../api/client";

export const ANSWERS = "answers";

/** A kept answer is given when the network has said nothing for so long, in ms; it goes on being waited for. */
const PATIENCE = 4000;
/** How many are kept; the oldest go. */
const LIMIT = 60;

const KEPT_PATHS = /^\/api\/v1\/(config|feed|campaigns|campaigns\/[^/]+|campaigns\/[^/]+\/feed|actions\/[^/]+)$/;

export function isKept(url: URL): boolean {
  return KEPT_PATHS.test(url.pathname);
}

/** Answers a request from the network, else from what was kept. Rejects when there is neither. */
export async function answer(
  request: Request,
  network: (request: Request) => Promise<Response>,
  lasting: (work: Promise<unknown>) => void,
  patience = PATIENCE,
): Promise<Response> {
  const cache = await caches.open(ANSWERS);
  const fresh = network(request).then((response) => {
    lasting(keep(cache, request, response.clone()).catch(() => undefined));
    return response;
  });
  const kept = await cache.match(request, { ignoreVary: true });
  if (!kept) return fresh;
  lasting(fresh.catch(() => undefined));
  const late = new Promise<Response>((resolve) => setTimeout(resolve, patience, kept));
  return Promise.race([fresh.then((response) => (response.status >= 500 ? kept : response)).catch(() => kept), late]);
}

async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
  if (response.status === 404) await cache.delete(request);
  if (!response.ok || /no-store/.test(response.headers.get("cache-control") ?? "")) return;
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, new Date().toISOString());
  await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
  const all = await cache.keys();
  for (const oldest of all.slice(0, Math.max(0, all.length - LIMIT))) await cache.delete(oldest);
}
