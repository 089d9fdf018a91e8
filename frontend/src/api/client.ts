/** What calls the network for the app, but for the trial of a link beside it; the worker's own calls go through it too. */
import type { Client } from "openapi-fetch";

import { linkKeys } from "../campaigns/links";
import { LINKS } from "./try-link";
import { keepsNothing } from "../store/keeping";
import { ApiError, NetworkError } from "./errors";
import type { paths } from "./schema";
import type { DevicePatch, Kind, OutcomeInput, ParticipationInput, ReceiptEvent, SubscriptionInput } from "./types";

/** A network may take a question and never answer: after this time, in ms, it is given up. */
const LONGEST = 15_000;

export interface Answer<T> {
  data: T;
  /** When the server gave it, by its clock. */
  at: string;
  /** It is not for everybody. */
  closed: boolean;
}

type Given = { params?: { path?: Record<string, string> }; body?: unknown; parseAs?: "blob" };
type Told = { data?: unknown; error?: unknown; response: Response };

/** Of openapi-fetch the types alone: what it does beside this is half as big as all of the app's own modules. */
const http = Object.fromEntries(
  ["GET", "PUT", "POST", "PATCH", "DELETE"].map((method) => [
    method,
    (path: string, given?: Given) => call(method, path, given ?? {}),
  ]),
) as unknown as Pick<Client<paths>, "GET" | "PUT" | "POST" | "PATCH" | "DELETE">;

async function call(method: string, path: string, { params, body, parseAs }: Given): Promise<Told> {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params?.path?.[name] ?? ""));
  const headers = new Headers();
  if (body !== undefined) headers.set("Content-Type", "application/json");
  // What opens campaigns by link goes along where it may matter; in a header, as addresses end up in logs.
  const keys = linkKeys();
  if (keys.length > 0 && /\/(campaigns|actions|pictures)\/\{/.test(path)) headers.set(LINKS, keys.join(","));
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await send(new Request(location.origin + address, { method, headers, body: sent }));
  if (!response.ok) return { error: await read(response).catch(() => null), response };
  return { data: parseAs === "blob" ? await response.blob() : await read(response), response };
}

/** The JSON of an answer; nothing of an empty one. */
async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

/** Of these there is one under an address for ever: no server need be asked again. */
const UNCHANGING = /\/pictures\//;

interface Page {
  querySelector(wanted: string): { setAttribute(name: string, value: string): void } | null;
}

/** True once for what the page itself has asked the network for already: Firefox gives that to a plain call alone. */
function takeNamed({ method, url }: Request): boolean {
  // The worker's calls go through here too, and it has no page.
  const { document } = globalThis as { document?: Page };
  if (method !== "GET" || !document) return false;
  const wanted = `link[rel="preload"][href="${new URL(url).pathname}"]:not([data-taken])`;
  const link = document.querySelector(wanted);
  link?.setAttribute("data-taken", "");
  return link !== null;
}

/**
 * Who wants nothing kept on the phone wants it in the browser's own cache as little. Else that cache is asked with the
 * server's leave only: what it gives by itself, a second old, would say that there is a network where there is none.
 */
async function send(request: Request): Promise<Response> {
  // AbortSignal.timeout does this from iOS 16 on.
  const patience = new AbortController();
  setTimeout(() => patience.abort(), LONGEST);
  const unkept = await keepsNothing().catch(() => true);
  const cache = unkept ? "no-store" : UNCHANGING.test(request.url) || takeNamed(request) ? "default" : "no-cache";
  return fetch(new Request(request, { cache }), { signal: patience.signal });
}

/** Throws NetworkError when no answer of ours came whole, ApiError when it was an error. */
async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Answer<T>> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    throw new NetworkError(cause);
  });
  if (!response.ok) throw readError(response, error);
  // A network that wants its own page read first says 200 to whatever it is asked.
  if (response.status !== 204 && (typeof data !== "object" || data === null)) throw new NetworkError("not ours");
  return {
    data: data as T,
    at: readTime(response),
    closed: /no-store/.test(response.headers.get("cache-control") ?? ""),
  };
}

/** Whatever stands between may refuse too, in its own words: that says nothing of what was asked. */
function readError(response: Response, problem: unknown): ApiError | NetworkError {
  const { code } = (problem ?? {}) as { code?: string };
  if (typeof code !== "string" && response.status !== 429) return new NetworkError(response.status);
  const retryAfter = Number(response.headers.get("retry-after"));
  return new ApiError(response.status, code ?? "throttled", Number.isFinite(retryAfter) ? retryAfter : 0);
}

function readTime(response: Response): string {
  const said = Date.parse(response.headers.get("date") ?? "");
  return new Date(Number.isNaN(said) ? Date.now() : said).toISOString();
}

async function data<T>(asked: Parameters<typeof answer<T>>[0]): Promise<T> {
  return (await answer(asked)).data;
}

const ofAction = (action: string) => ({ params: { path: { action } } });
const ofClaim = (action: string, claim: string) => ({ params: { path: { action, claim } } });
const ofCampaign = (slug: string) => ({ params: { path: { slug } } });

export const api = {
  config: () => answer(http.GET("/api/v1/config")),
  rights: () => data(http.GET("/api/v1/rights")),
  feed: () => answer(http.GET("/api/v1/feed")),
  campaign: (slug: string) => answer(http.GET("/api/v1/campaigns/{slug}", ofCampaign(slug))),
  campaignFeed: (slug: string) => answer(http.GET("/api/v1/campaigns/{slug}/feed", ofCampaign(slug))),
  action: (id: string) => answer(http.GET("/api/v1/actions/{action}", ofAction(id))),
  picture: (id: string) =>
    data(http.GET("/api/v1/pictures/{picture}", { params: { path: { picture: id } }, parseAs: "blob" })),
  pulse: (id: string) => answer(http.GET("/api/v1/actions/{action}/pulse", ofAction(id))),

  makeDevice: (language: string, time_zone: string, keep_cards: boolean) =>
    data(http.POST("/api/v1/devices", { body: { language, time_zone, keep_cards } })),
  device: () => data(http.GET("/api/v1/device")),
  patchDevice: (body: DevicePatch) => data(http.PATCH("/api/v1/device", { body })),
  exportDevice: () => data(http.GET("/api/v1/device/export")),
  eraseDevice: () => data(http.DELETE("/api/v1/device")),

  putSubscription: (body: SubscriptionInput) => data(http.PUT("/api/v1/device/subscription", { body })),
  deleteSubscription: () => data(http.DELETE("/api/v1/device/subscription")),
  verifySubscription: (nonce: string) =>
    data(http.POST("/api/v1/device/subscription/verification", { body: { nonce } })),
  reach: () => data(http.GET("/api/v1/device/reach")),
  sendTestAlert: () => data(http.POST("/api/v1/device/test-alert")),

  makeTransfer: () => data(http.POST("/api/v1/device/transfer")),
  revokeTransfers: () => data(http.DELETE("/api/v1/device/transfer")),
  makeIconTransfer: () => data(http.POST("/api/v1/device/transfer/icon")),
  sealTransfer: (code: string, sealed: string) =>
    data(http.PUT("/api/v1/device/transfer/sealed", { body: { code, sealed } })),
  takeOver: (code: string) => data(http.POST("/api/v1/device/transfer/takeover", { body: { code } })),

  follow: (slug: string, kinds: Kind[], consent_version: number, invitation?: string) =>
    data(
      http.PUT("/api/v1/campaigns/{slug}/follow", {
        ...ofCampaign(slug),
        body: { kinds, consent_version, ...(invitation === undefined ? {} : { invitation }) },
      }),
    ),
  unfollow: (slug: string) => data(http.DELETE("/api/v1/campaigns/{slug}/follow", ofCampaign(slug))),

  participations: () => data(http.GET("/api/v1/participations")),
  participate: (action: string, body: ParticipationInput) =>
    data(http.PUT("/api/v1/actions/{action}/participation", { ...ofAction(action), body })),
  withdraw: (action: string) => data(http.DELETE("/api/v1/actions/{action}/participation", ofAction(action))),

  claim: (action: string) => data(http.GET("/api/v1/actions/{action}/claim", ofAction(action))),
  takeOfficial: (action: string) => data(http.POST("/api/v1/actions/{action}/claim", ofAction(action))),
  giveBackOfficial: (action: string, claim: string) =>
    data(http.DELETE("/api/v1/actions/{action}/claim/{claim}", ofClaim(action, claim))),
  reportOutcome: (action: string, claim: string, body: OutcomeInput) =>
    data(http.PUT("/api/v1/actions/{action}/claim/{claim}/outcome", { ...ofClaim(action, claim), body })),

  receipt: (alert: string, event: ReceiptEvent, nonce: string) =>
    data(http.POST("/api/v1/alerts/{alert}/receipts", { params: { path: { alert } }, body: { event, nonce } })),
};
