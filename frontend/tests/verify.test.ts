import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { keepNonce, keptNonce } from "../src/store/nonce";
import { away, json, network, type Asked } from "./network";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const taken = () => json({ verified: true });
const crowd = (retryAfter: number) =>
  json({ code: "throttled", detail: "" }, 429, { "retry-after": String(retryAfter) });
const refused = () => json({ code: "invalid", detail: "" }, 400);

/** A phone that is to be verified, and a server that answers each call in turn, the last answer for ever. */
function phone(...answers: (() => Response)[]) {
  const news: object[] = [];
  const waits: string[] = [];
  let turn = 0;
  const asked = network(() => answers[Math.min(turn++, answers.length - 1)]!());
  return {
    news,
    waits,
    browser: {
      tell: async (one: object) => void news.push(one),
      comeBack: async () => void waits.push("sync"),
      isSubscribed: async () => true,
    },
    nonces: () => asked.map(({ body }: Asked) => (body as { nonce: string }).nonce),
  };
}

const repeat = (times: number, answer: () => Response) => Array.from({ length: times }, () => answer);

let verify: (typeof import("../src/worker/verify"))["verify"];
let resumeVerification: (typeof import("../src/worker/verify"))["resumeVerification"];

/** Each test has a worker of its own. */
beforeEach(async () => {
  vi.resetModules();
  ({ verify, resumeVerification } = await import("../src/worker/verify"));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => vi.useRealTimers());

/** Lets so much time pass, with all that the phone's memory does meanwhile. */
async function pass(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1000) {
    await vi.advanceTimersByTimeAsync(Math.min(1000, left));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function ended(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), pass(1).then(() => false)]);
}

test("in a crowd it waits for as long as the server says, then is taken", async () => {
  const { news, browser, nonces } = phone(() => crowd(40), taken);
  const done = verify("secret", browser);
  await pass(39_000);
  expect(nonces()).toHaveLength(1);
  await pass(15_000);
  await done;
  expect([news, await keptNonce(Date.now())]).toEqual([[{ type: "verified" }], null]);
});

test("a thousand before it are not too many: it goes on for minutes", async () => {
  const { news, browser, nonces } = phone(...repeat(7, () => crowd(60)), taken);
  const done = verify("secret", browser);
  await pass(8.5 * MINUTE);
  await done;
  expect(nonces()).toEqual(Array(8).fill("secret"));
  expect(news).toEqual([{ type: "verified" }]);
});

test("it ends before the browser's patience does, and keeps the nonce with its hour", async () => {
  const { news, waits, browser, nonces } = phone(() => crowd(60));
  const done = verify("secret", browser);
  await pass(10 * MINUTE);
  expect(await ended(done)).toBe(true);
  expect([news, waits]).toEqual([[], ["sync"]]);
  expect(nonces().length).toBeGreaterThan(6);
  const kept = await keptNonce(Date.now());
  expect(kept).toMatchObject({ nonce: "secret" });
  expect(await keptNonce(kept!.until)).toBeNull();
});

test("it does not keep the worker alive for an hour", async () => {
  const { news, browser, nonces } = phone(() => crowd(3000));
  const begun = Date.now();
  const done = verify("secret", browser);
  await pass(20_000);
  expect(await ended(done)).toBe(true);
  expect([nonces(), news]).toEqual([["secret"], []]);
  expect((await keptNonce(Date.now()))!.notBefore).toBeGreaterThanOrEqual(begun + 3000_000);
});

test("a worker that is ended in the middle leaves the nonce behind", async () => {
  const { browser } = phone(() => new Promise<Response>(() => undefined) as never);
  void verify("secret", browser);
  await pass(1000);
  expect(await keptNonce(Date.now())).toMatchObject({ nonce: "secret" });
});

test("without a network it tries again, less and less often", async () => {
  const { news, browser, nonces } = phone(...repeat(4, away), taken);
  const done = verify("secret", browser);
  await pass(2 * MINUTE);
  await done;
  expect([nonces().length, news]).toEqual([5, [{ type: "verified" }]]);
});

test("what is refused for good is not sent again, nor kept", async () => {
  const { news, browser, nonces } = phone(refused);
  const done = verify("secret", browser);
  await pass(MINUTE);
  await done;
  expect([nonces(), news, await keptNonce(Date.now())]).toEqual([["secret"], [], null]);
});

test("a newer push takes the place of the one before", async () => {
  const { news, browser, nonces } = phone(() => crowd(60), taken);
  const old = verify("old", browser);
  await pass(5000);
  const latest = verify("new", browser);
  await pass(2 * MINUTE);
  await Promise.all([old, latest]);
  expect([nonces(), news]).toEqual([["old", "new"], [{ type: "verified" }]]);
});

test("a phone whose memory is broken is verified all the same", async () => {
  const { news, browser } = phone(() => crowd(30), taken);
  globalThis.indexedDB = {
    open() {
      throw new DOMException("no", "InvalidStateError");
    },
  } as unknown as IDBFactory;
  const done = verify("secret", browser);
  await pass(MINUTE);
  await done;
  expect(news).toEqual([{ type: "verified" }]);
});

test("background sync goes on with what was left, not before its hour", async () => {
  const { news, browser, nonces } = phone(taken);
  await keepNonce("secret", Date.now(), Date.now() + 2 * MINUTE);
  const done = resumeVerification(browser);
  await pass(MINUTE);
  expect(nonces()).toEqual([]);
  await pass(MINUTE + 10_000);
  await done;
  expect([nonces(), news, await keptNonce(Date.now())]).toEqual([["secret"], [{ type: "verified" }], null]);
});

test("it is asked to come again while its hour is far, and has nothing to do when nothing waits", async () => {
  const { browser, nonces } = phone(taken);
  await resumeVerification(browser);
  await keepNonce("secret", Date.now(), Date.now() + HOUR);
  await expect(resumeVerification(browser)).rejects.toThrow("waits");
  expect(nonces()).toEqual([]);
});

test("background sync and the push it belongs to are one run", async () => {
  const { news, browser, nonces } = phone(() => crowd(30), taken);
  const done = verify("secret", browser);
  await pass(5000);
  const resumed = resumeVerification(browser);
  await pass(MINUTE);
  await Promise.all([done, resumed]);
  expect([nonces(), news]).toEqual([["secret", "secret"], [{ type: "verified" }]]);
});
