/** What to tap where, browser by browser. */
import type { MessageKey } from "../words/language";
import type { Picture } from "./TapPicture.svelte";
import type { Browser, Place } from "./place";

export interface Step {
  key: MessageKey;
  picture?: Picture;
}

/** Safari's bar has no Share button from here on, but where the person's own settings keep it. */
const SHARE_IN_MENU_SINCE = 26;

const ANDROID_MENU: Record<Browser, Step> = {
  chrome: { key: "step_menu_chrome", picture: "menu-top" },
  opera: { key: "step_menu_any" },
  firefox: { key: "step_menu_firefox" },
  samsung: { key: "step_menu_samsung", picture: "menu-bottom" },
  edge: { key: "step_menu_edge", picture: "menu-bottom" },
  safari: { key: "step_menu_any" },
  other: { key: "step_menu_any" },
};

export function androidSteps(browser: Browser): Step[] {
  const add: Step =
    browser === "samsung" ? { key: "step_add_samsung" } : { key: "step_add_android", picture: "menu-add" };
  return [ANDROID_MENU[browser], add, { key: "step_confirm_android", picture: "icon" }];
}

/** The last ones are the same in every browser of an iPhone. */
const IOS_END: Step[] = [
  { key: "step_add_ios", picture: "add-row" },
  { key: "step_confirm_ios" },
  { key: "step_open_ios", picture: "icon" },
];

export function safariSteps({ safari, tablet }: Pick<Place, "safari" | "tablet">): Step[] {
  if (tablet) return [{ key: "step_share_ipad", picture: "share-top" }, ...IOS_END];
  if (safari !== null && safari < SHARE_IN_MENU_SINCE)
    return [{ key: "step_share_safari", picture: "share-bottom" }, ...IOS_END];
  return [
    { key: "step_dots_safari", picture: "dots-bottom" },
    { key: "step_share_row", picture: "share-row" },
    ...IOS_END,
  ];
}

const IOS_SHARE: Record<Browser, Step> = {
  chrome: { key: "step_share_chrome_ios", picture: "share-top" },
  firefox: { key: "step_share_any_ios", picture: "share-top" },
  edge: { key: "step_share_edge_ios", picture: "menu-bottom" },
  opera: { key: "step_share_any_ios" },
  samsung: { key: "step_share_any_ios" },
  safari: { key: "step_share_any_ios" },
  other: { key: "step_share_any_ios" },
};

export function iosSteps(browser: Browser): Step[] {
  return [IOS_SHARE[browser], ...IOS_END];
}
