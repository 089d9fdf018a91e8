import { expect, test } from "vitest";

import { forgetCampaign } from "../src/app/forgetting";
import { loadFeed } from "../src/app/loading";
import { keepAnswer } from "../src/store/answers";
import { keepNothing } from "../src/store/keeping";
import { answerPicture, isPicture } from "../src/worker/pictures";
import { makeAction } from "./make";
import { away, json, network } from "./network";

const SITE = "https://site.example";
const address = (id: number) => `${SITE}/api/v1/pictures/${String(id).padStart(8, "0")}-0000-4000-8000-000000000000`;

function picture(headers: Record<string, string> = { "cache-control": "public, max-age=600" }): Response {
  return new Response("pixels", { headers: { "content-type": "image/jpeg", ...headers } });
}

async function ask(id: number, network: () => Response | Promise<Response>): Promise<Response> {
  const work: Promise<unknown>[] = [];
  const response = await answerPicture(
    new Request(address(id)),
    async () => network(),
    (each) => void work.push(each),
  );
  await Promise.all(work);
  return response;
}

const named = (...ids: number[]) => ids.map((id) => ({ picture: { path: new URL(address(id)).pathname } }));

async function feedNames(...ids: number[]): Promise<void> {
  network(() => json({ campaigns: [], live: [makeAction({ media: named(...ids) as never })], coming: [], over: [] }));
  await loadFeed();
}

test("it knows a picture by its address", () => {
  expect(isPicture(new URL(address(1)))).toBe(true);
  expect(isPicture(new URL(`${SITE}/api/v1/actions/1`))).toBe(false);
});

test("a picture that was seen is there without a network, and is not asked for again", async () => {
  await ask(1, picture);
  expect(await (await ask(1, away)).text()).toBe("pixels");
  await expect(ask(2, away)).rejects.toThrow();
});

test("a picture of a closed campaign is kept as its texts are, and goes with them", async () => {
  const closed = { "cache-control": "private, no-store" };
  for (const id of [1, 2]) await ask(id, () => picture(closed));
  expect(await (await ask(1, away)).text()).toBe("pixels");

  const data = { campaigns: [], live: [], coming: [], over: [makeAction({ media: named(1) as never })] };
  await keepAnswer({ asked: "campaigns/closed/feed", data, at: "", closed: "closed" });
  await forgetCampaign("closed");
  await expect(ask(1, away)).rejects.toThrow();
  expect((await ask(2, away)).status).toBe(200);
});

test("who keeps nothing has none of them on the phone, nor those of before", async () => {
  await ask(1, picture);
  await keepNothing();
  await ask(2, picture);
  for (const id of [1, 2]) await expect(ask(id, away)).rejects.toThrow();
});

test("an error is not kept for a picture", async () => {
  await ask(1, () => new Response("", { status: 404 }));
  expect((await ask(1, picture)).status).toBe(200);
});

test("no more than thirty are kept, the oldest go", async () => {
  for (let id = 1; id <= 31; id += 1) await ask(id, picture);
  await expect(ask(1, away)).rejects.toThrow();
  expect((await ask(31, away)).status).toBe(200);
});

test("a picture that was taken out goes from the phone with the next feed", async () => {
  await ask(1, picture);
  await ask(2, picture);
  await feedNames(2);
  await expect(ask(1, away)).rejects.toThrow();
  expect((await ask(2, away)).status).toBe(200);
});
