import { beforeEach, expect, test, vi } from "vitest";

import { giveUpSubscription, keepSubscription, wantsAlerts, type Keeping } from "../src/alerts/keeping";
import type { Device, SubscriptionState } from "../src/api/types";
import { dropNonce, keepNonce } from "../src/store/nonce";
import { preference, setPreference } from "../src/store/preferences";
import { renewSubscription } from "../src/worker/renew";
import { away, json, makeDevice, network, type Asked } from "./network";
import { Browser, KEY, makeLocks, OTHER_KEY } from "./push-manager";

/** The server, as far as a subscription goes. */
class Server {
  key = KEY;
  endpoint: string | null = null;
  verified = false;
  /** It does not say what its key is now. */
  away = false;

  readonly asked = network((asked) => this.#answer(asked));

  get state(): SubscriptionState | null {
    return this.endpoint === null ? null : { verified: this.verified, key_current: true };
  }

  /** Its push service said that the subscription is gone. */
  drop(): void {
    this.endpoint = null;
  }

  get sent() {
    return this.asked.filter(({ method }) => method === "PUT").map(({ body }) => body as Record<string, unknown>);
  }

  #answer({ method, path, body }: Asked): Response {
    if (path.endsWith("/config")) {
      if (this.away) throw new TypeError("Failed to fetch");
      return json({ vapid_public_key: this.key });
    }
    if (path.endsWith("/device")) return json(makeDevice({ subscription: this.state }));
    if (method === "DELETE") this.endpoint = null;
    if (method === "PUT") {
      const { endpoint } = body as { endpoint: string };
      this.verified &&= endpoint === this.endpoint;
      this.endpoint = endpoint;
    }
    return method === "DELETE" ? json(null, 204) : json(this.state);
  }
}

let browser: Browser;
let server: Server;
const keep = (changes: Partial<Keeping> = {}) =>
  keepSubscription({
    registration: browser.registration,
    key: server.key,
    known: server.state,
    asked: false,
    ...changes,
  });

beforeEach(async () => {
  browser = new Browser();
  server = new Server();
  vi.stubGlobal("navigator", { language: "fr-FR", languages: ["fr-FR"], locks: makeLocks() });
  await keep({ asked: true });
  server.verified = true;
  server.asked.length = 0;
});

test("alerts are turned on by a tap, and the verification may be heard", async () => {
  expect(browser.current?.endpoint).toBe(server.endpoint);
  browser.lose();
  await keep({ asked: true });
  expect(server.sent).toMatchObject([{ endpoint: "https://push.example/2", renewal: false }]);
});

test("when all is well nothing is asked and nothing is sent", async () => {
  expect(await keep()).toBeNull();
  expect([server.asked, browser.made]).toEqual([[], 1]);
});

test("what the browser lost is made anew, sent, and verified without a sound", async () => {
  browser.lose();
  expect(await keep()).toEqual({ verified: false, key_current: true });
  expect(server.sent).toMatchObject([{ endpoint: "https://push.example/2", renewal: true }]);
  expect(browser.current?.endpoint).toBe(server.endpoint);
});

test("a new key of the site takes a new subscription", async () => {
  server.key = OTHER_KEY;
  await keep();
  expect(server.sent).toMatchObject([{ application_server_key: OTHER_KEY, endpoint: "https://push.example/2" }]);
});

test("a server that does not answer is no reason to give anything up", async () => {
  server.away = true;
  await expect(keep({ key: OTHER_KEY })).rejects.toThrow();
  expect([browser.made, browser.current?.key, server.sent]).toEqual([1, KEY, []]);
});

test("an old key in the app's memory is no reason either", async () => {
  expect(await keep({ key: OTHER_KEY })).toEqual(server.state);
  expect([browser.made, server.sent]).toEqual([1, []]);
});

test("what the server dropped is made anew: its push service knows the old one no more", async () => {
  server.drop();
  await keep();
  expect(server.sent).toMatchObject([{ endpoint: "https://push.example/2", renewal: true }]);
});

test("nothing is done when the person said no, and nothing is lost by it", async () => {
  browser.lose();
  browser.permission = "denied";
  expect(await keep()).toBeNull();
  expect([browser.made, server.sent]).toEqual([1, []]);
  browser.permission = "granted";
  await keep();
  expect(server.sent).toHaveLength(1);
});

test("without the browser's permission it waits for a tap", async () => {
  browser.lose();
  browser.permission = "default";
  expect(await keep()).toBeNull();
  expect(await wantsAlerts(null)).toBe(true);
});

test("two tabs and the worker at once make one subscription", async () => {
  const device = makeDevice({ subscription: server.state }) as Device;
  await setPreference("device", device);
  server.drop();
  const known = null;
  await Promise.all([keep({ known }), keep({ known }), renewSubscription(browser.registration, async () => undefined)]);
  expect(browser.made).toBe(2);
  expect(server.sent).toHaveLength(1);
});

test("who turned alerts off is left alone", async () => {
  await giveUpSubscription(browser.registration);
  expect([browser.current, server.endpoint]).toEqual([null, null]);
  expect(await wantsAlerts(server.state)).toBe(false);
  server.asked.length = 0;
  expect(await keep()).toBeNull();
  expect([browser.made, server.asked]).toEqual([1, []]);
});

test("what cannot be done now stays to be done", async () => {
  browser.lose();
  browser.refusing = true;
  await expect(keep()).rejects.toThrow();
  network(away);
  await expect(keep()).rejects.toThrow();
  expect(await wantsAlerts(null)).toBe(true);
});

test("an endpoint that the server holds for another device is given up for a new one", async () => {
  const asked = network(({ path, body }) => {
    if (path.endsWith("/config")) return json({ vapid_public_key: KEY });
    if (path.endsWith("/device")) return json(makeDevice());
    const taken = (body as { endpoint: string }).endpoint.endsWith("/1");
    return taken ? json({ code: "endpoint_taken", detail: "" }, 409) : json({ verified: false, key_current: true });
  });
  await keep({ asked: true });
  expect(asked.map(({ method }) => method)).toEqual(["PUT", "PUT"]);
  expect(browser.made).toBe(2);
});

test("the worker renews what the browser says has changed, and tells the windows", async () => {
  await setPreference("device", makeDevice({ subscription: server.state }) as Device);
  browser.lose();
  const told: object[] = [];
  await renewSubscription(browser.registration, async (news) => void told.push(news));
  expect(told).toEqual([{ type: "renewed" }]);
  expect((await preference("device"))?.subscription).toEqual({ verified: false, key_current: true });
});

test("a worker of a phone that is no device any more does nothing", async () => {
  browser.lose();
  await renewSubscription(browser.registration, async () => undefined);
  expect([browser.made, server.asked]).toEqual([1, []]);
});

test("a subscription whose verification was lost is sent again soon, unless its nonce is still here", async () => {
  const at = Date.now() - 11 * 60_000;
  const sent = await preference("subscriptionSent");
  await setPreference("subscriptionSent", { ...sent!, at });
  await keep();
  expect(server.sent).toEqual([]);

  server.verified = false;
  await keepNonce("secret", Date.now(), Date.now());
  await keep();
  expect(server.sent).toEqual([]);

  await dropNonce("secret");
  await keep();
  expect(server.sent).toMatchObject([{ endpoint: browser.current!.endpoint, renewal: true }]);
  await keep();
  expect(server.sent).toHaveLength(1);
});
