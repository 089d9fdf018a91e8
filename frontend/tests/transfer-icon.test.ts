import { beforeEach, expect, test, vi } from "vitest";

import { app } from "../src/app/state.svelte";
import { dropAllLinks, keepInvitation } from "../src/campaigns/links";
import type { Place } from "../src/install/place";
import { preference, setPreference } from "../src/store/preferences";
import { prepareIcon } from "../src/transfer/icon";
import { linkManifest, linkOwnManifest } from "../src/transfer/manifest-link";
import { mayBecomeIcon } from "../src/transfer/offering";
import { open } from "../src/transfer/sealing";
import { json, makeDevice, network, type Asked } from "./network";

const CODE = "0123456789ABCDEFGHJKMNPQRS";

/** The page's one link to its manifest. */
const link = { href: "/manifest.webmanifest", getAttribute: () => link.href };

beforeEach(async () => {
  vi.stubGlobal("document", { querySelector: () => link });
  linkOwnManifest(null, "fr");
  await dropAllLinks();
  app.language = "fr";
  app.device = makeDevice() as never;
  await setPreference("device", makeDevice() as never);
});

/** A server that makes one token after the other. */
function server(): Asked[] {
  let made = 0;
  return network(({ path }) =>
    path.endsWith("/icon")
      ? json({ code: CODE, expires_at: "2026-12-01T00:00:00Z", manifest: `/manifest.webmanifest?icon=${++made}` }, 201)
      : json(null, 204),
  );
}

const paths = (log: Asked[]) => log.map(({ path }) => path.replace("/api/v1/device/transfer/", ""));

test("the page names the manifest in its language, the one in the page itself without a question", () => {
  linkManifest("en");
  expect(link.href).toBe("/manifest.webmanifest?lang=en");
  linkManifest("fr");
  expect(link.href).toBe("/manifest.webmanifest");
});

test("an iPhone's page names a manifest of its own, with the waiting invitation sealed beside its code", async () => {
  await keepInvitation("amis", "code-of-amis");
  const log = server();
  await prepareIcon();
  expect(link.href).toBe("/manifest.webmanifest?icon=1");
  expect(paths(log)).toEqual(["icon", "sealed"]);
  const { sealed } = log[1]!.body as { sealed: string };
  expect(await open(CODE, sealed)).toMatchObject({ invitations: { amis: "code-of-amis" } });
  // The language changes: it stays this phone's own.
  linkManifest("en");
  expect(link.href).toBe("/manifest.webmanifest?icon=1");
});

test("opened again it keeps the token that it has, and adds what came since", async () => {
  const log = server();
  await prepareIcon();
  await prepareIcon();
  expect(paths(log)).toEqual(["icon", "sealed"]);
  await keepInvitation("amis", "code-of-amis");
  await prepareIcon();
  expect(paths(log)).toEqual(["icon", "sealed", "sealed"]);
  expect(link.href).toBe("/manifest.webmanifest?icon=1");
});

test("one that is old, or of another device, is made anew", async () => {
  const log = server();
  await prepareIcon();
  await setPreference("iconManifest", { ...(await preference("iconManifest"))!, until: Date.now() - 1 });
  await prepareIcon();
  app.device = makeDevice({ id: "d2" }) as never;
  await setPreference("device", makeDevice({ id: "d2" }) as never);
  await prepareIcon();
  expect(paths(log).filter((path) => path === "icon")).toHaveLength(3);
  expect(link.href).toBe("/manifest.webmanifest?icon=3");
});

const IPHONE = {
  system: "ios",
  browser: "safari",
  app: null,
  installed: false,
  ios: 18.5,
  safari: 18.5,
  tablet: false,
};

test.each([
  ["Safari on an iPhone", {}, true],
  ["its icon", { installed: true }, false],
  ["Instagram on an iPhone", { app: "instagram" }, false],
  ["Android", { system: "android" }, false],
  ["a Mac", { system: "desktop" }, false],
])("whether it may become an icon: %s", (_, differs, expected) => {
  expect(mayBecomeIcon({ ...IPHONE, ...differs } as Place)).toBe(expected);
});
