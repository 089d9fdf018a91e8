import { beforeEach, expect, test, vi } from "vitest";

import { preference, setPreference } from "../src/store/preferences";
import { json } from "./network";

/** A phone on which the app opens anew: its modules remember nothing, its database does. */
async function open() {
  vi.resetModules();
  return import("../src/campaigns/links");
}

beforeEach(async () => {
  await (await open()).dropAllLinks();
});

const CLOSED = { "cache-control": "private, no-store" };
const NOT_FOUND = { code: "not_found", detail: "" };

/** A server on which one key opens the campaign "amis" and its action "a1"; everybody may see "tous" and "a2". */
function server(good: string): Request[] {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request);
    const path = new URL(request.url).pathname.replace("/api/v1/", "");
    if (path === "campaigns/tous") return json({ slug: "tous" });
    if (path === "actions/a2") return json({ campaign: "tous" });
    if (request.headers.get("campaign-link") !== good) return json(NOT_FOUND, 404, CLOSED);
    return json(path === "actions/a1" ? { campaign: "amis" } : { slug: "amis" }, 200, CLOSED);
  });
  return asked;
}

test.each(["campaigns/amis", "actions/a1"] as const)(
  "a link to %s is remembered when the app opens again",
  async (to) => {
    server("key-one");
    await (await open()).keepLink("key-one", to);
    const links = await open();
    expect(links.linkKeys()).toEqual([]);
    await links.recallLinks();
    expect([links.linkKeys(), links.linkedCampaigns(), links.linkOf("amis")]).toEqual([
      ["key-one"],
      ["amis"],
      "key-one",
    ]);
  },
);

test("a link that comes before the memory was read takes nothing from it", async () => {
  await (await open()).takeLinks({ "key-two": "voisins" });
  server("key-one");
  const links = await open();
  await links.keepLink("key-one", "campaigns/amis");
  expect(await preference("links")).toEqual({ "key-one": "amis", "key-two": "voisins" });
});

test("it is tried with nothing else of this phone: neither its cookie nor its other links", async () => {
  const links = await open();
  await links.takeLinks({ "key-old": "amis" });
  const asked = server("key-new");
  await links.keepLink("key-new", "campaigns/amis");
  expect(asked.map(({ credentials, headers }) => [credentials, headers.get("campaign-link")])).toEqual([
    ["omit", "key-new"],
  ]);
});

test("the newest link of a campaign takes the place of the old one, once it has opened it", async () => {
  const links = await open();
  await links.takeLinks({ "key-old": "amis", "key-two": "voisins" });
  server("key-new");
  await links.keepLink("key-new", "actions/a1");
  expect([links.linkKeys(), links.linkOf("amis")]).toEqual([["key-new", "key-two"], "key-new"]);
});

test("one that was made up, or is outdated, takes nothing from the one that opens it", async () => {
  const links = await open();
  await links.takeLinks({ "key-good": "amis" });
  server("key-good");
  await links.keepLink("key-made-up", "campaigns/amis");
  expect([links.linkKeys(), links.linkOf("amis")]).toEqual([["key-good"], "key-good"]);
});

test("one that the network keeps from being tried waits, opens nothing else, and is tried at the next occasion", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const first = await open();
  await first.keepLink("key-one", "actions/a1");
  const links = await open();
  await links.recallLinks();
  expect([links.linkKeys(), links.linkedCampaigns(), links.linkOf("tous")]).toEqual([["key-one"], [], null]);
  server("key-one");
  // Whatever else is opened meanwhile.
  await links.keepLink("key-two", "actions/a2");
  expect([links.linkKeys(), links.linkOf("amis"), links.linkOf("tous")]).toEqual([["key-one"], "key-one", null]);
});

test("what is open to everybody needs no key, so none is passed on with it", async () => {
  server("key-one");
  const links = await open();
  await links.keepLink("key-one", "campaigns/tous");
  expect([links.linkKeys(), links.linkOf("tous")]).toEqual([[], null]);
});

test("a network that answers in its own words says nothing of a link", async () => {
  const links = await open();
  for (const status of [200, 404, 503]) {
    vi.stubGlobal("fetch", async () => new Response("<html>Sign in</html>", { status }));
    await links.keepLink("key-one", "campaigns/amis");
    expect([links.linkKeys(), links.linkOf("amis")]).toEqual([["key-one"], null]);
  }
});

test("a link that opens nothing any more is forgotten", async () => {
  const links = await open();
  await links.takeLinks({ "key-one": "amis" });
  await links.dropLink("amis");
  expect([links.linkKeys(), await preference("links")]).toEqual([[], {}]);
});

test("an invitation waits until it is used", async () => {
  await (await open()).keepInvitation("amis", "code-one");
  const links = await open();
  await links.recallLinks();
  expect([links.invitationTo("amis"), links.invitedTo(), links.invitationTo("voisins")]).toEqual([
    "code-one",
    ["amis"],
    null,
  ]);
  await links.dropInvitation("amis");
  expect([links.invitedTo(), await preference("invitations")]).toEqual([[], {}]);
});

test("erasing leaves nothing", async () => {
  const links = await open();
  await links.takeLinks({ "key-one": "amis" });
  await links.keepInvitation("amis", "code-one");
  await links.dropAllLinks();
  await links.recallLinks();
  expect([links.linkKeys(), links.invitedTo()]).toEqual([[], []]);
});

test("the keys go in a header, with calls about campaigns and actions only, and never in an address", async () => {
  await setPreference("links", { "key-one": "amis", "key-two": "?actions/a9" });
  const asked: [string, string | null][] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push([request.url, request.headers.get("campaign-link")]);
    return json({});
  });
  const links = await open();
  await links.recallLinks();
  const { api } = await import("../src/api/client");
  await api.feed();
  await api.config();
  await api.campaignFeed("amis");
  await api.action("a1");
  await api.participate("a1", { stage: "joined" });
  expect(asked.map(([, header]) => header)).toEqual([null, null, ...Array<string>(3).fill("key-one,key-two")]);
  expect(asked.filter(([url]) => url.includes("key-"))).toEqual([]);
});
