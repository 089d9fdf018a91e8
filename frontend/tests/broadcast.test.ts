import { expect, test } from "vitest";

import { joinedWords, KINDS } from "../src/actions/kinds";
import { translate } from "../src/words/language";
import { cardToAction } from "../src/store/card-action";
import { makeCard } from "./make";

test("it says of a broadcast who listens together, and of the rest who takes part", () => {
  expect(joinedWords("broadcast", "before")).toBe("count_will_listen");
  expect(joinedWords("broadcast", "during")).toBe("count_listening");
  expect(joinedWords("broadcast", "after")).toBe("count_listened");
  expect(joinedWords("rally_call", "during")).toBe("count_joined");
  expect(translate("fr", joinedWords("broadcast", "during"), {}, 614)).toBe("à l'écoute, ensemble");
});

test("it offers each kind once, with its name and a reason, in both languages", () => {
  const keys = KINDS.flatMap((kind) => [kind, `${kind}_why`] as const);
  const missing = ["fr", "en"].flatMap((language) => keys.filter((key) => translate(language, key) === key));
  expect(new Set(KINDS).size).toBe(KINDS.length);
  expect(KINDS).toContain("broadcast");
  expect(missing).toEqual([]);
});

test("it opens a broadcast from the card that came with its alert", () => {
  const card = makeCard({ kind: "broadcast", medium: "audio_space", platform: "X", link: "https://network.example/1" });
  const { medium, platform, link } = cardToAction(card, "fr").broadcast!;
  expect([medium, platform, link]).toEqual(["audio_space", "X", "https://network.example/1"]);
});

test("it opens a broadcast from a card that had no room for the link", () => {
  const broadcast = cardToAction(makeCard({ kind: "broadcast", gatherings: [] }), "fr").broadcast!;
  expect([broadcast.platform, broadcast.link]).toEqual(["", ""]);
});
