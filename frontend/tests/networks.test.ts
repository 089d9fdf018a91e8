import { expect, test } from "vitest";

import {
  composePost,
  findNetwork,
  graphemeLength,
  postFits,
  readServer,
  roomLeft,
} from "../src/actions/hashtag/networks";
import { shortenAddresses, weightedLength } from "../src/actions/hashtag/x";
import { breakHashtags, withSign } from "../src/words/hashtags";

const POST = {
  words: "Parce que",
  hashtag: "#500Signatures",
  link: "https://example.org/a/very/long/address?with=query",
};

test.each([
  ["", 0],
  ["Bonjour", 7],
  ["Où ça ?", 7],
  ["e\u0301te\u0301", 3],
  ["日本", 4],
  ["✊", 2],
  ["👩‍👩‍👧‍👦", 2],
  ["🇫🇷", 2],
  ["« oui »", 7],
  ["https://example.org/a/very/long/address?with=query", 23],
  ["voir example.org ici", 32],
  ["fin.Mais non", 12],
])("X counts %j as %i", (text, length) => {
  expect(weightedLength(text)).toBe(length);
});

test("Bluesky counts what a reader sees as one character", () => {
  expect(graphemeLength("👩‍👩‍👧‍👦e\u0301")).toBe(2);
});

test("each network leaves its own room", () => {
  const room = (id: string) => roomLeft(findNetwork(id)!, POST);
  expect(room("x")).toBe(280 - (9 + 1 + 14 + 1 + 23));
  expect(room("bluesky")).toBe(300 - (9 + 1 + 14 + 1 + 50));
  expect(room("mastodon")).toBe(500 - (9 + 1 + 14 + 1 + 23));
  expect(room("threads")).toBe(500 - (9 + 1 + 14 + 1 + 50));
});

test("a post of exactly 280 fits on X, one more does not", () => {
  const room = roomLeft(findNetwork("x")!, { ...POST, words: "a" });
  expect(postFits(findNetwork("x")!, { ...POST, words: "a".repeat(room + 1) })).toBe(true);
  expect(postFits(findNetwork("x")!, { ...POST, words: "a".repeat(room + 2) })).toBe(false);
});

test("it puts words, hashtag and link into one text, each once", () => {
  expect(composePost(POST)).toBe(`Parce que #500Signatures ${POST.link}`);
  expect(composePost({ ...POST, words: "Oui #500signatures" })).toBe(`Oui #500signatures ${POST.link}`);
  expect(composePost({ ...POST, words: "Oui #500SignaturesPourAnasse", link: "" })).toBe(
    "Oui #500SignaturesPourAnasse #500Signatures",
  );
});

test("it opens each network's own composer", () => {
  const intent = (id: string, server = "") =>
    findNetwork(id)!.intent({ ...POST, words: "Oui & non", link: "https://e.org" }, server);
  expect(intent("x")).toBe(
    "https://x.com/intent/tweet?text=Oui%20%26%20non&url=https%3A%2F%2Fe.org&hashtags=500Signatures",
  );
  expect(intent("bluesky")).toBe(
    "https://bsky.app/intent/compose?text=Oui%20%26%20non%20%23500Signatures%20https%3A%2F%2Fe.org",
  );
  expect(intent("mastodon")).toBe(
    "https://share.joinmastodon.org/#text=Oui%20%26%20non%20%23500Signatures%20https%3A%2F%2Fe.org",
  );
  expect(intent("mastodon", "piaille.fr")).toMatch(/^https:\/\/piaille\.fr\/share\?text=/);
  expect(intent("threads")).toBe(
    "https://www.threads.com/intent/post?text=Oui%20%26%20non&url=https%3A%2F%2Fe.org&tag=500Signatures",
  );
});

test.each([
  ["https://piaille.fr/@moi", "piaille.fr"],
  ["@moi@piaille.fr", "piaille.fr"],
  ["  Mastodon.Social ", "mastodon.social"],
  ["javascript:alert(1)", ""],
  ["moi", ""],
  ["", ""],
])("it reads the server in %j", (typed, host) => {
  expect(readServer(typed)).toBe(host);
});

test("it breaks a long hashtag between its words only", () => {
  expect(breakHashtags("Tous : #500SignaturesPourAnasse, Paris")).toEqual([
    "Tous : #500",
    "Signatures",
    "Pour",
    "Anasse, Paris",
  ]);
  expect(breakHashtags("McDonald")).toEqual(["McDonald"]);
});

/** Texts out of the pieces that decide, the same in each run. */
function texts(pieces: string[]): string[] {
  let seed = 1;
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: 5000 }, () =>
    Array.from({ length: next(12) }, () => pieces[next(pieces.length)]).join(""),
  );
}

// What iPhones before iOS 16.4 cannot read, said here in the words that they do not know.
test("it breaks any text where a small letter or a digit of a hashtag meets a capital", () => {
  const tried = texts(["#", "#", "a", "é", "B", "É", "ǅ", "7", "_", " ", "-", "𝐀", "🇫🇷", "\n", "Ab", "#aB"]);
  const place = /(?<=#[\p{L}\p{N}_]*[\p{Ll}\p{N}])(?=\p{Lu})/u;
  expect(tried.filter((text) => breakHashtags(text).join("|") !== text.split(place).join("|"))).toEqual([]);
  expect(tried.filter((text) => breakHashtags(text).length > 1).length).toBeGreaterThan(100);
});

test("it takes for an address only what no letter, sign or dot goes before", () => {
  const tried = texts([
    "a",
    "é",
    "E",
    ".",
    ".fr",
    ".org",
    "-",
    "@",
    "/",
    " ",
    "\n",
    "_",
    "(",
    "https://",
    "日",
    "😀",
    "ſ",
  ]);
  const address = /https?:\/\/[^\s]+|(?<![@\w.-])(?:[\p{L}\d-]+\.)+(?:com|org|fr)(?![\p{L}\d-])(?:\/[^\s]*)?/giu;
  const shortened = (text: string) => text.replace(address, "x".repeat(23));
  expect(tried.filter((text) => shortenAddresses(text) !== shortened(text))).toEqual([]);
  expect(tried.filter((text) => shortenAddresses(text) !== text).length).toBeGreaterThan(100);
});

test("it gives a hashtag its sign once", () => {
  expect(["500Signatures", "#500Signatures", "", null].map(withSign)).toEqual([
    "#500Signatures",
    "#500Signatures",
    "",
    "",
  ]);
});
