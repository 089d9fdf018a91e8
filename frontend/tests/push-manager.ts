/** A browser's push manager, as far as the app can tell: subscriptions come, go and are lost. */
import { vi } from "vitest";

import { decodeKey } from "../src/alerts/push";

export const KEY = `B${"A".repeat(86)}`;
export const OTHER_KEY = `B${"B".repeat(85)}A`;

export class Browser {
  current: { endpoint: string; key: string } | null = null;
  made = 0;
  permission: NotificationPermission = "granted";
  /** Throws instead of subscribing. */
  refusing = false;

  constructor() {
    const api = {};
    Object.defineProperty(api, "permission", { get: () => this.permission });
    vi.stubGlobal("Notification", api);
  }

  /** Behind the app's back. */
  lose(): void {
    this.current = null;
  }

  get registration(): ServiceWorkerRegistration {
    const pushManager = {
      getSubscription: async () => this.#describe(),
      subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
        if (this.refusing) throw new DOMException("no", "AbortError");
        const key = btoa(String.fromCharCode(...applicationServerKey));
        this.current = { endpoint: `https://push.example/${++this.made}`, key: key.replaceAll("=", "") };
        return this.#describe()!;
      },
    };
    return { pushManager } as unknown as ServiceWorkerRegistration;
  }

  #describe(): PushSubscription | null {
    const { current } = this;
    if (current === null) return null;
    return {
      endpoint: current.endpoint,
      expirationTime: null,
      options: { applicationServerKey: decodeKey(current.key).buffer },
      toJSON: () => ({ endpoint: current.endpoint, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => {
        this.current = null;
        return true;
      },
    } as unknown as PushSubscription;
  }
}

/** Locks as all tabs and the worker of a browser share them. */
export function makeLocks(): Pick<LockManager, "request"> {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<unknown>) => (last = last.then(work, work));
  return { request } as unknown as Pick<LockManager, "request">;
}
