/** The network as the tests want it: what it answers, and what was asked of it. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

export type Answering = (asked: Asked) => Response | Promise<Response>;

/** Takes the place of the browser's fetch; `answering` may throw to be a network that is away. */
export function network(answering: Answering): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal("fetch", async (request: Request, { signal }: RequestInit = {}) => {
    const body = await request.text();
    const path = new URL(request.url).pathname;
    const asked = { method: request.method, path, body: body ? JSON.parse(body) : undefined };
    log.push(asked);
    const given = new Promise<never>((_, refuse) => signal?.addEventListener("abort", () => refuse(signal.reason)));
    // Given up after the answer: nobody waits any more.
    given.catch(() => undefined);
    return Promise.race([answering(asked), given]);
  });
  return log;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
}

/** Whatever stands between the phone and the server, answering in its own words. */
export function portal(body: unknown, status: number): Response {
  return typeof body === "string"
    ? new Response(body, { status, headers: { "content-type": "text/html" } })
    : json(body, status);
}

/** Takes what is asked and says nothing, ever. */
export function silent(): Promise<Response> {
  return new Promise(() => undefined);
}

export function away(): never {
  throw new TypeError("Failed to fetch");
}

export function makeDevice(changes: object = {}) {
  return {
    id: "d1",
    language: "fr",
    time_zone: "Europe/Paris",
    quiet_hours: null,
    lock_screen: "auto",
    keep_cards: true,
    departement: null,
    subscription: null,
    follows: [],
    ...changes,
  };
}
