/** The only module of the app that calls the network; the worker's own calls go through it too. */
import createClient from "openapi-fetch";

import { ApiError, NetworkError } from "./errors";
import type { paths } from "./schema";
import type { DevicePatch, Kind, Language, ParticipationInput, ReceiptEvent, SubscriptionInput } from "./types";

/** Set by the service worker on an answer that it had kept: the time at which the server gave it. */
export const KEPT_AT = "x-kept-at";

/** An answer, and the time it was kept at when it is an old one. */
export interface Answer<T> {
  data: T;
  keptAt: string | null;
}

const http = createClient<paths>({ baseUrl: location.origin, fetch: (request) => fetch(request) });

/** Throws NetworkError when no answer came whole, ApiError when it was an error. */
async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Answer<T>> {
  const result = await asked.catch((cause: unknown) => {
    throw new NetworkError(cause);
  });
  if (!result.response.ok) throw readError(result.response, result.error);
  return { data: result.data as T, keptAt: result.response.headers.get(KEPT_AT) };
}

function readError(response: Response, problem: unknown): ApiError {
  const retryAfter = Number(response.headers.get("retry-after"));
  const { code } = (problem ?? {}) as { code?: string };
  return new ApiError(response.status, code ?? "unknown", Number.isFinite(retryAfter) ? retryAfter : 0);
}

async function data<T>(asked: Parameters<typeof answer<T>>[0]): Promise<T> {
  return (await answer(asked)).data;
}

const ofAction = (action: string) => ({ params: { path: { action } } });
const ofCampaign = (slug: string) => ({ params: { path: { slug } } });

export const api = {
  config: () => answer(http.GET("/api/v1/config")),
  feed: () => answer(http.GET("/api/v1/feed")),
  campaign: (slug: string) => answer(http.GET("/api/v1/campaigns/{slug}", ofCampaign(slug))),
  campaignFeed: (slug: string) => answer(http.GET("/api/v1/campaigns/{slug}/feed", ofCampaign(slug))),
  action: (id: string) => answer(http.GET("/api/v1/actions/{action}", ofAction(id))),
  pulse: (id: string) => data(http.GET("/api/v1/actions/{action}/pulse", ofAction(id))),

  makeDevice: (language: string, time_zone: string) =>
    data(http.POST("/api/v1/devices", { body: { language: language as Language, time_zone } })),
  device: () => data(http.GET("/api/v1/device")),
  patchDevice: (body: DevicePatch) => data(http.PATCH("/api/v1/device", { body })),
  eraseDevice: () => data(http.DELETE("/api/v1/device")),

  putSubscription: (body: SubscriptionInput) => data(http.PUT("/api/v1/device/subscription", { body })),
  deleteSubscription: () => data(http.DELETE("/api/v1/device/subscription")),
  verifySubscription: (nonce: string) =>
    data(http.POST("/api/v1/device/subscription/verification", { body: { nonce } })),
  sendTestAlert: () => data(http.POST("/api/v1/device/test-alert")),

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

  receipt: (alert: string, event: ReceiptEvent, nonce: string) =>
    data(http.POST("/api/v1/alerts/{alert}/receipts", { params: { path: { alert } }, body: { event, nonce } })),
};
