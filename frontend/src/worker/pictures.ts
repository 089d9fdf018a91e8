/**
 * The pictures that were seen: under one address there is one picture for ever, so what is kept is given at once. Those
 * of a closed campaign are kept as its texts are: for as long as this phone knows the campaign.
 */
import { keepsNothing } from "../store/keeping";

export const PICTURES = "pictures";

/** How many are kept, of at most 160 kB each; the oldest go. */
const LIMIT = 30;

const PATH = /^\/api\/v1\/pictures\/[0-9a-f-]+$/;

export function isPicture(url: URL): boolean {
  return PATH.test(url.pathname);
}

/** Answers a request for a picture from what was kept, else from the network. Rejects when there is neither. */
export async function answerPicture(
  request: Request,
  network: (request: Request) => Promise<Response>,
  lasting: (work: Promise<unknown>) => void,
): Promise<Response> {
  if (await keepsNothing()) return network(new Request(request, { cache: "no-store" }));
  const cache = await caches.open(PICTURES);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const fresh = await network(request);
  lasting(keep(cache, request, fresh.clone()).catch(() => undefined));
  return fresh;
}

async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
  if (!response.ok) return;
  await cache.put(request, response);
  const all = await cache.keys();
  for (const oldest of all.slice(0, Math.max(0, all.length - LIMIT))) await cache.delete(oldest);
}

/** Drops the pictures that are named in this, some answer as text: of a campaign that this phone shall forget. */
export async function dropNamed(answer: string): Promise<void> {
  const cache = await caches.open(PICTURES);
  for (const kept of await cache.keys()) {
    if (answer.includes(new URL(kept.url).pathname)) await cache.delete(kept);
  }
}

/** A feed names every picture of its actions: one that was taken out goes from the phone too. Called by the app. */
export async function dropMissing(feed: string): Promise<void> {
  const cache = await caches.open(PICTURES);
  for (const kept of await cache.keys()) {
    if (!feed.includes(new URL(kept.url).pathname)) await cache.delete(kept);
  }
}
