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

test("a link is remembered when the app opens again", async () => {
  await (await open()).keepLink("key-one", "amis");
  const links = await open();
  expect(links.linkKeys()).toEqual([]);
  await links.recallLinks();
  expect([links.linkKeys(), links.linkedCampaigns()]).toEqual([["key-one"], ["amis"]]);
});

test("a link that comes before the memory was read takes nothing from it", async () => {
  await (await open()).keepLink("key-one", "amis");
  const links = await open();
  await links.keepLink("key-two", "voisins");
  expect(links.linkKeys().sort()).toEqual(["key-one", "key-two"]);
  expect(await preference("links")).toEqual({ "key-one": "amis", "key-two": "voisins" });
});

test("the newest link of a campaign takes the place of the old one", async () => {
  const links = await open();
  await links.keepLink("key-old", "amis");
  await links.keepLink("key-new", "amis");
  expect(links.linkKeys()).toEqual(["key-new"]);
});

test("a link to an action finds its campaign once the action is known", async () => {
  const links = await open();
  await links.keepLink("key-one", "");
  expect(links.linkedCampaigns()).toEqual([]);
  await links.settleLinks("amis");
  expect(links.linkedCampaigns()).toEqual(["amis"]);
});

test("a link that opens nothing any more is forgotten", async () => {
  const links = await open();
  await links.keepLink("key-one", "amis");
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
  await links.keepLink("key-one", "amis");
  await links.keepInvitation("amis", "code-one");
  await links.dropAllLinks();
  await links.recallLinks();
  expect([links.linkKeys(), links.invitedTo()]).toEqual([[], []]);
});

test("the keys go in a header, with calls about campaigns and actions only, and never in an address", async () => {
  await setPreference("links", { "key-one": "amis", "key-two": "" });
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
