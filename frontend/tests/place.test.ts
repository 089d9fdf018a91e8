import { expect, test } from "vitest";

import type { InApp } from "../src/install/apps";
import { findPlace, type Browser, type Place, type PlaceFacts, type System } from "../src/install/place";

const NOTHING: PlaceFacts = {
  userAgent: "",
  brands: [],
  platform: "",
  touchPoints: 5,
  finePointer: false,
  standalone: false,
  telegram: false,
};
const TELEGRAM = { telegram: true };

const WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)";
const iphone = (rest: string, os = "18_7") =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${os} like Mac OS X) ${WEBKIT} ${rest}`;
const mac = (rest: string) => `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${rest}`;
const android = (rest: string, device = "Android 10; K") => `Mozilla/5.0 (Linux; ${device}) ${BLINK} ${rest}`;
const webView = (rest: string) =>
  `Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A.240905.003; wv) ${BLINK} Version/4.0 Chrome/130.0.6723.83 Mobile Safari/537.36${rest}`;

/** What real browsers say, with what they are. */
const BROWSERS: [string, string, System, Browser, Partial<PlaceFacts>?][] = [
  ["Chrome on Android", android("Chrome/143.0.0.0 Mobile Safari/537.36"), "android", "chrome"],
  ["Chrome on an Android tablet", android("Chrome/143.0.0.0 Safari/537.36"), "android", "chrome"],
  [
    "Chrome on Android, asked for the desktop page",
    `Mozilla/5.0 (X11; Linux x86_64) ${BLINK} Chrome/143.0.0.0 Safari/537.36`,
    "android",
    "chrome",
  ],
  [
    "Samsung Internet",
    android("SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Android 15; SAMSUNG SM-S928B"),
    "android",
    "samsung",
  ],
  ["Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "android", "firefox"],
  ["Edge on Android", android("Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0"), "android", "edge"],
  ["Opera on Android", android("Chrome/141.0.0.0 Mobile Safari/537.36 OPR/92.0.0.0"), "android", "opera"],
  ["Safari on an iPhone", iphone("Version/18.5 Mobile/15E148 Safari/604.1", "18_5"), "ios", "safari"],
  ["Safari 26, whose system stands still", iphone("Version/26.4 Mobile/15E148 Safari/604.1"), "ios", "safari"],
  ["Chrome on an iPhone", iphone("CriOS/143.0.7499.38 Mobile/15E148 Safari/604.1"), "ios", "chrome"],
  ["Firefox on an iPhone", iphone("FxiOS/145.0 Mobile/15E148 Safari/605.1.15"), "ios", "firefox"],
  ["Edge on an iPhone", iphone("Version/18.0 EdgiOS/142.0.0.0 Mobile/15E148 Safari/604.1"), "ios", "edge"],
  ["Opera on an iPhone", iphone("Version/18.1 Mobile/15E148 Safari/604.1 OPT/5.0.7"), "ios", "opera"],
  ["DuckDuckGo on an iPhone", iphone("Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15"), "ios", "other"],
  [
    "Safari on an iPad that says so",
    `Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1`,
    "ios",
    "safari",
  ],
  ["Safari on an iPad that says it is a Mac", mac(`${WEBKIT} Version/18.5 Safari/605.1.15`), "ios", "safari"],
  [
    "Safari on a Mac",
    mac(`${WEBKIT} Version/18.5 Safari/605.1.15`),
    "desktop",
    "safari",
    { touchPoints: 0, finePointer: true },
  ],
  [
    "Chrome on Windows with a touch screen",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/143.0.0.0 Safari/537.36`,
    "desktop",
    "chrome",
    { touchPoints: 10, finePointer: true },
  ],
  [
    "Chrome on Linux with a touch screen",
    `Mozilla/5.0 (X11; Linux x86_64) ${BLINK} Chrome/143.0.0.0 Safari/537.36`,
    "desktop",
    "chrome",
    { touchPoints: 10, finePointer: true },
  ],
  [
    "Firefox on Linux",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "desktop",
    "firefox",
    { touchPoints: 0, finePointer: true },
  ],
  [
    "a Chromebook",
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/143.0.0.0 Safari/537.36`,
    "desktop",
    "chrome",
    { finePointer: true },
  ],
];

test.each(BROWSERS)("%s is a browser", (_, userAgent, system, browser, more = {}) => {
  const place = findPlace({ ...NOTHING, userAgent, ...more });
  expect([place.system, place.browser, place.app, place.installed]).toEqual([system, browser, null, false]);
});

/** What pages inside apps are told, with the app. */
const IN_APP: [InApp, string, System, Partial<PlaceFacts>?][] = [
  [
    "instagram",
    webView(" Instagram 355.1.0.44.103 Android (34/14; 420dpi; 1080x2205; Google/google; Pixel 8; shiba; en_US; 6581)"),
    "android",
  ],
  [
    "instagram",
    iphone("Mobile/22B83 Instagram 354.0.0.29.90 (iPhone12,8; iOS 18_1; en_US; en; scale=2.00; 750x1334; IABMV/1)"),
    "ios",
  ],
  [
    "instagram",
    iphone("Mobile/23E254 Instagram 424.1.0.31.54 (iPhone18,4; iOS 26_4_1; fr_FR; IABMV/1; 9339) NW/3 Safari/604.1"),
    "ios",
  ],
  ["threads", webView(" Barcelona 355.0.0.39.109 Android (34/14; 420dpi; 1080x2205; Pixel 8; en_US; 6573)"), "android"],
  ["facebook", webView(" [FB_IAB/FB4A;FBAV/488.0.0.62.79;IABMV/1;]"), "android"],
  ["facebook", iphone("Mobile/22B83 [FBAN/FBIOS;FBAV/488.0.0.68.101;FBDV/iPhone12,8;FBSV/18.1;FBRV/0;IABMV/1]"), "ios"],
  ["facebook", iphone("Mobile/22G100 Safari/604.1 MetaIAB Facebook"), "ios"],
  ["messenger", webView(" [FB_IAB/MESSENGER;FBAV/118.0.0.19.82;]"), "android"],
  ["messenger", webView(" [FB_IAB/FB4A;FBAV/482.0.0.71.108;]"), "android"],
  ["messenger", iphone("Mobile/15E148 [FBAN/MessengerForiOS;FBAV/482.2.0.68.110;FBDV/iPhone12,8;FBOP/80]"), "ios"],
  ["telegram", android("Chrome/129.0.6668.100 Mobile Safari/537.36", "Android 14; K"), "android", TELEGRAM],
  [
    "telegram",
    android("Chrome/129.0.6668.70 Mobile Safari/537.36 Telegram-Android/11.2.1 (Tecno CH7n; Android 11; AVERAGE)"),
    "android",
  ],
  ["telegram", iphone("Version/18.1 Mobile/22B5045g Safari/604.1", "18_1"), "ios", TELEGRAM],
  ["x", iphone("Mobile/15E148 Twitter for iPhone/11.43.1"), "ios"],
  ["x", webView(" TwitterAndroid"), "android"],
  ["whatsapp", android("Chrome/141.0.7390.124 Mobile Safari/537.36 [WA4A/2.25.32.75;]"), "android"],
  ["whatsapp", iphone("Version/26.0.1 Mobile/15E148 Safari/604.1 [WAiOS/2.25.31]"), "ios"],
  ["tiktok", webView(" musical_ly_2023303040 JsSdk/1.0 NetType/WIFI BytedanceWebview/d8a21c6"), "android"],
  ["tiktok", iphone("Mobile/15E148 Safari/604.1 musical_ly_41.9.0"), "ios"],
  ["snapchat", iphone("Version/17.3.1 Mobile/15E148 Snapchat/12.72.0.39 (like Safari/8617.2.4.10.8, panda)"), "ios"],
  ["linkedin", iphone("Mobile/15E148 [LinkedInApp]/9.30.1753"), "ios"],
  ["wechat", iphone("Mobile/15E148 MicroMessenger/8.0.50(0x1800322d) NetType/WIFI Language/fr"), "ios"],
  ["wechat", webView(" MMWEBID/9 MicroMessenger/8.0.50.2701 NetType/WIFI"), "android"],
  ["line", webView(" Line/14.1.0/IAB"), "android"],
  ["reddit", webView(" Reddit/Version 2024.41.0/Build 2102450/Android 14"), "android"],
  ["google", iphone("GSA/334.0.674067880 Mobile/15E148 Safari/604.1", "18_1"), "ios"],
  ["unnamed", webView(""), "android"],
  ["unnamed", android("Chrome/143.0.0.0 Mobile Safari/537.36"), "android", { brands: ["Android WebView"] }],
  ["unnamed", iphone("Mobile/15E148"), "ios"],
  ["unnamed", mac(WEBKIT), "ios"],
];

test.each(IN_APP)("a page inside %s: %s", (app, userAgent, system, more = {}) => {
  const place = findPlace({ ...NOTHING, userAgent, ...more });
  expect([place.app, place.system, place.installed]).toEqual([app, system, false]);
});

test.each<[string, string, System]>([
  ["an iPhone, which leaves Safari's name out", iphone("Mobile/15E148"), "ios"],
  ["Android", android("Chrome/143.0.0.0 Mobile Safari/537.36"), "android"],
])("opened from its icon on %s it is in no app's browser", (_, userAgent, system) => {
  const place = findPlace({ ...NOTHING, userAgent, standalone: true });
  expect([place.installed, place.app, place.system]).toEqual([true, null, system]);
});

test.each<[string, Partial<Place>]>([
  [iphone("Version/16.3 Mobile/15E148 Safari/604.1", "16_3_1"), { ios: 16.3, safari: 16.3, tablet: false }],
  [iphone("Version/27.0 Mobile/15E148 Safari/604.1"), { ios: 18.7, safari: 27, tablet: false }],
  [iphone("CriOS/143.0.7499.38 Mobile/15E148 Safari/604.1"), { ios: 18.7, safari: null }],
  [mac(`${WEBKIT} Version/18.5 Safari/605.1.15`), { ios: null, safari: 18.5, tablet: true }],
  [android("Chrome/143.0.0.0 Safari/537.36"), { ios: null, tablet: true }],
])("it reads the versions in %s", (userAgent, versions) => {
  expect(findPlace({ ...NOTHING, userAgent })).toMatchObject(versions);
});
