/** The only module of the app and of the worker's own calls that talks to the API. */
import { ApiError, NetworkError } from "./errors";
import type {
  Action,
  Campaign,
  Config,
  Device,
  DevicePatch,
  Feed,
  Follow,
  Kind,
  OwnParticipation,
  Participation,
  ParticipationInput,
  Pulse,
  ReceiptEvent,
  SubscriptionInput,
  SubscriptionState,
} from "./types";

/** Set by the service worker on an answer that it had kept: the time at which the server gave it. */
export const KEPT_AT = "x-kept-at";

/** An answer, the time it was kept at when it is an old one, and the server's clock. */
export interface Answer<T> {
  data: T;
  keptAt: string | null;
  serverTime: string | null;
}

/** Calls `/api/v1/<path>`. Throws NetworkError when no answer came, ApiError when it was an error. */
async function call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const init: RequestInit = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    init.headers = { accept: "application/json", "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, init);
  } catch (cause) {
    throw new NetworkError(cause);
  }
  if (!response.ok) throw await readError(response);
  const data = response.status === 204 ? undefined : await readJson(response);
  return { data: data as T, keptAt: response.headers.get(KEPT_AT), serverTime: response.headers.get("date") };
}

/** A connection that breaks while the body comes is network trouble like any other. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new NetworkError(cause);
  }
}

async function readError(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get("retry-after"));
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  return new ApiError(response.status, problem.code ?? "unknown", Number.isFinite(retryAfter) ? retryAfter : 0);
}

async function data<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await answer).data;
}

const segment = encodeURIComponent;

export const api = {
  config: () => call<Config>("GET", "config"),
  feed: () => call<Feed>("GET", "feed"),
  campaign: (slug: string) => call<Campaign>("GET", `campaigns/${segment(slug)}`),
  campaignFeed: (slug: string) => call<Feed>("GET", `campaigns/${segment(slug)}/feed`),
  action: (id: string) => call<Action>("GET", `actions/${segment(id)}`),
  pulse: (id: string) => data(call<Pulse>("GET", `actions/${segment(id)}/pulse`)),

  makeDevice: (language: string, time_zone: string) => data(call<Device>("POST", "devices", { language, time_zone })),
  device: () => data(call<Device>("GET", "device")),
  patchDevice: (patch: DevicePatch) => data(call<Device>("PATCH", "device", patch)),
  eraseDevice: () => data(call<void>("DELETE", "device")),

  putSubscription: (subscription: SubscriptionInput) =>
    data(call<SubscriptionState>("PUT", "device/subscription", subscription)),
  deleteSubscription: () => data(call<void>("DELETE", "device/subscription")),
  verifySubscription: (nonce: string) =>
    data(call<{ verified: boolean }>("POST", "device/subscription/verification", { nonce })),
  sendTestAlert: () => data(call<void>("POST", "device/test-alert")),

  follow: (slug: string, kinds: Kind[], consent_version: number, invitation?: string) =>
    data(
      call<Follow>("PUT", `campaigns/${segment(slug)}/follow`, {
        kinds,
        consent_version,
        ...(invitation === undefined ? {} : { invitation }),
      }),
    ),
  unfollow: (slug: string) => data(call<void>("DELETE", `campaigns/${segment(slug)}/follow`)),

  participations: () => data(call<OwnParticipation[]>("GET", "participations")),
  participate: (action: string, input: ParticipationInput) =>
    data(call<Participation>("PUT", `actions/${segment(action)}/participation`, input)),
  withdraw: (action: string) => data(call<void>("DELETE", `actions/${segment(action)}/participation`)),

  receipt: (alert: string, event: ReceiptEvent, nonce: string) =>
    data(call<void>("POST", `alerts/${segment(alert)}/receipts`, { event, nonce })),
};
