/** What screens say of what stays on the phone, where nothing does. */
import type { Component } from "svelte";
import { render } from "svelte/server";
import { beforeEach, expect, test, vi } from "vitest";

import RelayDoor from "../src/actions/hashtag/relay/RelayDoor.svelte";
import AlertsScreen from "../src/alerts/AlertsScreen.svelte";
import { app } from "../src/app/state.svelte";
import CampaignScreen from "../src/campaigns/CampaignScreen.svelte";
import CampaignsRoom from "../src/settings/CampaignsRoom.svelte";
import { newDraft } from "../src/store/drafts";
import { t } from "../src/words/words";
import { makeAction } from "./make";
import { away, network } from "./network";

const CLOSED = {
  ...{ slug: "secret", name: { fr: "Secret" }, summary: {}, run_by: {}, contact: "", goal: null, calendar: null },
  ...{ visibility: "link", main_language: "fr", time_zone: "Europe/Paris" },
};
const RELAY = { action: makeAction(), write: () => undefined, gone: () => undefined };
const POST = { words: "", hashtag: "", link: "" };

/** What is to be read on it, as the first picture shows it. */
function read<Props extends Record<string, unknown>>(screen: Component<Props>, props: Props): string {
  const { body } = render(screen as Component<Record<string, unknown>>, { props });
  return body.replace(/<[^>]*>/g, "").replace(/[ \n]+/g, " ");
}

beforeEach(() => {
  network(away);
  const serviceWorker = { getRegistration: async () => undefined };
  vi.stubGlobal("navigator", { ...navigator, userAgent: "", serviceWorker, share: () => undefined });
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission: "granted" });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  app.config = { site_name: "Site" } as typeof app.config;
  app.device = null;
  app.feed = { as_of: "", campaigns: [CLOSED], live: [], coming: [], over: [] } as unknown as typeof app.feed;
  app.noteKept("away", null);
  app.alerts = "off";
});

test.each([true, false])("each says what is true, with nothing kept: %s", (nothing) => {
  app.keepsNothing = nothing;
  const said = {
    relay: read(RelayDoor, { ...RELAY, draft: newDraft("a1", "x"), post: POST }),
    campaign: read(CampaignScreen, { slug: "secret" }),
    follows: read(CampaignsRoom, {}),
    alerts: read(AlertsScreen, {}),
  };
  const says = (screen: keyof typeof said, key: Parameters<typeof t>[0]) => said[screen].includes(t(key));
  expect([says("relay", "draft_not_kept"), says("relay", "draft_kept")]).toEqual([nothing, !nothing]);
  expect(says("campaign", "closed_kept")).toBe(!nothing);
  expect([says("campaign", "follow_unknown"), says("campaign", "welcome")]).toEqual([nothing, !nothing]);
  expect([says("follows", "follows_unknown"), says("follows", "settings_campaigns_none")]).toEqual([nothing, !nothing]);
  expect([says("alerts", "follows_unknown"), says("alerts", "alerts_follow_first")]).toEqual([nothing, !nothing]);
  expect(says("alerts", "alerts_off")).toBe(!nothing);
});

test("once there is a network it is known that nothing is followed", () => {
  app.keepsNothing = true;
  app.noteFresh();
  expect(read(CampaignsRoom, {})).toContain(t("settings_campaigns_none"));
  expect(read(AlertsScreen, {})).toContain(t("alerts_follow_first"));
  expect(read(CampaignScreen, { slug: "secret" })).not.toContain(t("follow_unknown"));
});
