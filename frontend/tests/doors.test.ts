import { expect, test } from "vitest";

import { actionAddress, doorsOf, hostOf, nextDoor, WORDS, type Door } from "../src/actions/hashtag/doors";
import { mediaOf } from "../src/actions/media";
import { linkOf, takeLinks } from "../src/campaigns/links";
import { findDraft, isTouched, keepDraft, newDraft } from "../src/store/drafts";
import { translate } from "../src/words/language";
import { makeAction } from "./make";

const CLIP = { kind: "clip", url: "https://videos.example/1", alt: { fr: "Un extrait" }, picture: null } as const;
const PICTURE = {
  kind: "picture",
  url: "",
  alt: { fr: "La place" },
  picture: { path: "/api/v1/pictures/p1", width: 64, height: 48 },
} as const;
const ALL: Door[] = ["write", "relay", "pass"];

test("there are three doors where there is something behind each", () => {
  expect(doorsOf(makeAction({ media: [CLIP] }), { visibility: "public" }, null)).toEqual(ALL);
});

test("nothing to relay has no door", () => {
  expect(doorsOf(makeAction(), { visibility: "public" }, null)).toEqual(["write", "pass"]);
  const unsafe = { ...CLIP, url: "javascript:alert(1)" };
  expect(doorsOf(makeAction({ media: [unsafe] }), undefined, null)).toEqual(["write", "pass"]);
});

test("a campaign that nobody else could open is not passed on", () => {
  expect(doorsOf(makeAction(), { visibility: "invitation" }, null)).toEqual(["write"]);
  expect(doorsOf(makeAction(), { visibility: "link" }, null)).toEqual(["write"]);
  expect(doorsOf(makeAction(), { visibility: "link" }, "key-of-the-link")).toEqual(["write", "pass"]);
});

test("pictures are ours, links are web addresses", () => {
  const media = [PICTURE, CLIP, { ...CLIP, url: "file:///etc/passwd" }];
  expect(mediaOf(makeAction({ media }))).toEqual([PICTURE, CLIP]);
});

test.each<[string, Door, Door | null]>([
  ["ArrowRight", "write", "relay"],
  ["ArrowRight", "pass", "write"],
  ["ArrowLeft", "write", "pass"],
  ["Home", "pass", "write"],
  ["End", "write", "pass"],
  ["a", "write", null],
])("%s leads from %s to %s", (key, from, to) => {
  expect(nextDoor(ALL, from, key)).toBe(to);
});

test("the link of a campaign by link goes along, behind the part of an address that is never sent", async () => {
  expect(actionAddress({ id: "a1" }, "https://site.example", null)).toBe("https://site.example/a/a1");
  expect(actionAddress({ id: "a1" }, "https://site.example", "k")).toBe("https://site.example/a/a1#link=k");
  expect(linkOf("amis")).toBeNull();
  await takeLinks({ "key-of-the-link": "amis" });
  expect(linkOf("amis")).toBe("key-of-the-link");
});

test("it names the site that a link leads to", () => {
  expect(hostOf("https://www.videos.example/watch?v=1")).toBe("videos.example");
  expect(hostOf("nonsense")).toBe("nonsense");
});

test("the door that was chosen is there again at the next opening", async () => {
  const draft = newDraft("a1", "x");
  expect(isTouched(draft)).toBe(false);
  expect(isTouched({ ...draft, door: "relay" })).toBe(true);
  expect(isTouched({ ...draft, opened: "write" })).toBe(true);
  await keepDraft({ ...draft, door: "relay", opened: "relay" });
  expect(await findDraft("a1")).toMatchObject({ door: "relay", opened: "relay", words: "" });
});

test("each door asks in its own words, in both languages", () => {
  const asked = ALL.map((door) => [translate("fr", WORDS[door].asked), translate("en", WORDS[door].asked)]);
  expect(asked).toEqual([
    ["Publié\u00a0?", "Posted?"],
    ["Relayé\u00a0?", "Relayed?"],
    ["Transmis\u00a0?", "Passed on?"],
  ]);
});
