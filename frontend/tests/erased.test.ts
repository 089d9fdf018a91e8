import { expect, test, vi } from "vitest";

import { endWithErasing } from "../src/app/other-tabs";
import { dropErasing, noteErasing } from "../src/store/erasing";
import { setPreference } from "../src/store/preferences";

test("what was under way when all was erased is no fault of the page, anything else is", async () => {
  const prevented = async (reason: unknown) => {
    const event = { reason, preventDefault: vi.fn() };
    endWithErasing(event as never);
    return event.preventDefault.mock.calls.length === 1;
  };
  await noteErasing();
  const reason: unknown = await setPreference("language", "fr").catch((error: unknown) => error);
  expect([await prevented(reason), await prevented(new Error("erased")), await prevented(null)]).toEqual([
    true,
    false,
    false,
  ]);
  await dropErasing();
});
