import { expect, test } from "vitest";

import type { Action } from "../src/api/types";
import { comesNext } from "../src/feed/programme";
import { makeAction } from "./make";

const NOW = Date.parse("2026-11-22T20:30:00Z");
const at = (hour: string) => `2026-11-22T${hour}:00Z`;
const hashtag = (successor: string | null) =>
  makeAction({ id: "hashtag", starts_at: at("17:00"), ends_at: at("19:00"), successor });
const television = (changes: Partial<Action> = {}) =>
  makeAction({
    id: "tv",
    kind: "broadcast",
    starts_at: at("20:00"),
    ends_at: at("20:05"),
    successor: "space",
    ...changes,
  });
const space = (changes: Partial<Action> = {}) =>
  makeAction({ id: "space", kind: "broadcast", starts_at: at("20:15"), ends_at: at("22:00"), ...changes });

function among(...kept: Action[]): (id: string) => Action | null {
  return (id) => kept.find((action) => action.id === id) ?? null;
}

test("it leads to the successor, by what the phone has of it", () => {
  const early = Date.parse(at("19:10"));
  expect(comesNext(hashtag("tv"), among(television(), space()), early)?.action?.id).toBe("tv");
});

test("it leads past what is over to what is on", () => {
  expect(comesNext(hashtag("tv"), among(television(), space()), NOW)?.id).toBe("space");
});

test("it leads past what was cancelled", () => {
  const early = Date.parse(at("19:10"));
  expect(comesNext(hashtag("tv"), among(television({ state: "cancelled" }), space()), early)?.id).toBe("space");
  expect(comesNext(hashtag("tv"), among(television({ state: "cancelled", successor: null })), early)).toBeNull();
});

test("it leads to the first when all of it is over", () => {
  const late = Date.parse(at("23:00"));
  expect(comesNext(hashtag("tv"), among(television(), space()), late)?.id).toBe("tv");
});

test("it knows only the address of what the phone does not have", () => {
  expect(comesNext(hashtag("tv"), among(), NOW)).toEqual({ id: "tv", action: null });
});

test("it ends, even if it were led in a circle", () => {
  expect(comesNext(hashtag("tv"), among(television({ successor: "hashtag" })), NOW)?.id).toBe("tv");
  expect(comesNext(hashtag("hashtag"), among(), NOW)).toBeNull();
  expect(comesNext(hashtag(null), among(), NOW)).toBeNull();
});
