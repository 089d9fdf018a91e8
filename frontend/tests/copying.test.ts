/** A button that copies says what became of it, in whatever browser. */
import { beforeEach, expect, test, vi } from "vitest";

import { app } from "../src/app/state.svelte";
import { copyText } from "../src/install/copying";
import type { MessageKey } from "../src/words/language";
import { t } from "../src/words/words";

/** A browser whose own way to copy is `clipboard`; `old`: whether the old one works. */
function browser(clipboard: object | undefined, old: boolean): { focused: number } {
  const page = { focused: 0 };
  vi.stubGlobal("navigator", { ...navigator, clipboard });
  vi.stubGlobal("document", {
    activeElement: { focus: () => void (page.focused += 1) },
    createElement: () => ({ select: () => undefined, remove: () => undefined }),
    body: { append: () => undefined },
    execCommand: () => old,
  });
  return page;
}

beforeEach(() => (app.announcements = []));

test.each<[string, object | undefined, boolean, MessageKey, number]>([
  ["lets one", { writeText: async () => undefined }, false, "address_copied", 0],
  [
    "refuses, and knows the old way",
    { writeText: async () => Promise.reject(new Error("no")) },
    true,
    "address_copied",
    1,
  ],
  ["has no other than the old way", undefined, true, "address_copied", 1],
  ["has none", undefined, false, "copy_refused", 1],
])("it is said and read out where the browser %s", async (_, clipboard, old, said, focused) => {
  const page = browser(clipboard, old);
  expect(await copyText("Place de la Sorbonne", "address_copied")).toBe(said);
  expect(app.announcements).toEqual([t(said)]);
  // Nobody's place on the page is lost by it.
  expect(page.focused).toBe(focused);
});
