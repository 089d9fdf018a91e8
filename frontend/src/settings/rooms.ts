/** The settings: rooms of their own, each loaded when it is opened, and the list that leads to them. */
import type { Component } from "svelte";

import type { SettingsRoom } from "../app/routes";
import type { MessageKey } from "../words/language";

interface Room {
  title: MessageKey;
  load: () => Promise<{ default: Component }>;
}

export const ROOMS: Record<SettingsRoom, Room> = {
  campaigns: { title: "settings_campaigns", load: () => import("./CampaignsRoom.svelte") },
  alerts: { title: "settings_alerts", load: () => import("./AlertsRoom.svelte") },
  language: { title: "settings_language", load: () => import("./LanguageRoom.svelte") },
  phone: { title: "settings_phone", load: () => import("./PhoneRoom.svelte") },
  privacy: { title: "settings_privacy", load: () => import("./PrivacyRoom.svelte") },
  erase: { title: "erase_title", load: () => import("./EraseRoom.svelte") },
};

export interface Entry {
  path: string;
  title: MessageKey;
  /** In a few words, what is behind it. */
  says: MessageKey;
}

/** The lines of the list, in groups. A feature with a screen of its own adds its line here. */
export const ENTRIES: readonly (readonly Entry[])[] = [
  [
    { path: "/settings/campaigns", title: "settings_campaigns", says: "settings_campaigns_says" },
    { path: "/settings/alerts", title: "settings_alerts", says: "settings_alerts_says" },
    { path: "/settings/language", title: "settings_language", says: "settings_language_says" },
  ],
  [
    { path: "/install", title: "settings_install", says: "settings_install_says" },
    { path: "/settings/phone", title: "settings_phone", says: "settings_phone_says" },
    { path: "/transfer", title: "transfer_title", says: "transfer_says" },
    { path: "/settings/privacy", title: "settings_privacy", says: "settings_privacy_says" },
    { path: "/settings/erase", title: "erase_title", says: "settings_erase_says" },
  ],
];
