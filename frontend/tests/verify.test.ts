import { afterEach, expect, test, vi } from "vitest";

import { verify } from "../src/worker/verify";
import { json, network } from "./network";

afterEach(() => vi.useRealTimers());

function answering(retryAfter: string) {
  const news: object[] = [];
  const tries = () => json({ code: "throttled", detail: "" }, 429, { "retry-after": retryAfter });
  let asked = 0;
  network(() => (asked++ === 0 ? tries() : json({ verified: true })));
  return { news, tell: async (one: object) => void news.push(one), asked: () => asked };
}

test("in a crowd it waits for as long as the server says, then is taken", async () => {
  vi.useFakeTimers();
  const { news, tell, asked } = answering("40");
  const done = verify("secret", tell);
  await vi.advanceTimersByTimeAsync(39_000);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(15_000);
  await done;
  expect(news).toEqual([{ type: "verified" }]);
});

test("it does not keep the worker alive for an hour", async () => {
  vi.useFakeTimers();
  const { news, tell, asked } = answering("3000");
  const done = verify("secret", tell);
  await vi.advanceTimersByTimeAsync(20_000);
  await done;
  expect([asked(), news]).toEqual([1, []]);
});
