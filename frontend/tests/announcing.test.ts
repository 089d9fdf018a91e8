/** What screen readers are told: each thing once, and none instead of another. */
import { beforeEach, expect, test } from "vitest";

import { app } from "../src/app/state.svelte";

beforeEach(() => (app.announcements = []));

test("what is said at the same moment is all read out", () => {
  app.announce("Noté");
  app.announce("Gardé sur ce téléphone");
  expect(app.announcements).toEqual(["Noté", "Gardé sur ce téléphone"]);
});

test("the same words again are news again", () => {
  app.announce("Non");
  app.announce("Non");
  expect(app.announcements).toEqual(["Non", "Non"]);
});
