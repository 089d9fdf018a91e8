import { expect, test } from "vitest";

import { adviceFor, unblocking } from "../src/check/advice";
import { findPhone, type Make, type Phone } from "../src/check/phone";
import french from "../messages/fr.json";

const ANDROID = { system: "android", browser: "chrome", installed: false } as const;
const REDUCED = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile";
const make = (model: string) => findPhone(ANDROID, { userAgent: REDUCED, model, platform: "Android" }).make;

test.each<[string, Make]>([
  ["SM-S921B", "samsung"],
  ["SM-A546B", "samsung"],
  ["Pixel 9 Pro", "pixel"],
  ["Pixel 7a", "pixel"],
  ["Redmi Note 12 Pro", "xiaomi"],
  ["M2101K6G", "xiaomi"],
  ["2201117TG", "xiaomi"],
  ["23078PND5G", "xiaomi"],
  ["24117RN76O", "xiaomi"],
  ["POCO F5", "xiaomi"],
  ["Mi 11", "xiaomi"],
  ["ELE-L29", "huawei"],
  ["VOG-L29", "huawei"],
  ["ANY-NX1", "huawei"],
  ["ALN-L29", "huawei"],
  ["REA-NX9", "huawei"],
  ["CPH2609", "oppo"],
  ["RMX3834", "oppo"],
  ["ONEPLUS A6003", "oppo"],
  ["LE2113", "oppo"],
  ["KB2003", "oppo"],
  ["V2250", "vivo"],
  ["V2318A", "vivo"],
  ["vivo 1904", "vivo"],
  ["TECNO KI5q", "transsion"],
  ["Infinix X6831", "transsion"],
  ["itel P661N", "transsion"],
  ["moto g54 5G", "other"],
  ["FP5", "other"],
  ["Nokia G42 5G", "other"],
  ["XQ-DQ54", "other"],
])("the model %s is of %s", (model, expected) => {
  expect(make(model)).toBe(expected);
});

test.each<[string, string, Make | null]>([
  ["Chrome hides the model", REDUCED, null],
  ["Firefox names none", "Mozilla/5.0 (Android 14; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", null],
  ["Firefox on a tablet", "Mozilla/5.0 (Android 14; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0", null],
  [
    "an older Chrome names it",
    "Mozilla/5.0 (Linux; Android 9; SM-G960F Build/PPR1) AppleWebKit/537.36 Chrome/95.0 Mobile Safari/537.36",
    "samsung",
  ],
  [
    "a MIUI browser names it, with its language",
    "Mozilla/5.0 (Linux; U; Android 11; fr-fr; Redmi Note 8 Build/RKQ1) AppleWebKit/537.36 Mobile",
    "xiaomi",
  ],
])("when %s", (_, userAgent, expected) => {
  const facts = { userAgent, model: "", platform: "" };
  expect(findPhone(ANDROID, facts).make).toBe(expected);
});

test("Samsung's browser is taken for a Samsung when it hides the model", () => {
  const phone = findPhone({ ...ANDROID, browser: "samsung" }, { userAgent: REDUCED, model: "", platform: "" });
  expect(phone.make).toBe("samsung");
});

test.each<[string, string, Phone["system"]]>([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0", "Windows", "windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605", "", "macos"],
  ["Mozilla/5.0 (X11; CrOS x86_64 14541) Chrome/156.0", "Chrome OS", "chromeos"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0", "", "linux"],
])("the computer that says %s", (userAgent, platform, system) => {
  const place = { system: "desktop", browser: "chrome", installed: false } as const;
  expect(findPhone(place, { userAgent, model: "", platform })).toMatchObject({ system, make: null });
});

const phone = (changes: Partial<Phone> = {}): Phone => ({ ...ANDROID, make: "xiaomi", ...changes });

test("what puts the browser to sleep comes first when nothing came, what hides alerts when it came unseen", () => {
  expect(adviceFor(phone(), "held")[0]).toBe("check_sleep_xiaomi");
  expect(adviceFor(phone(), "unseen")[0]).toBe("check_android_notifications");
  expect([...adviceFor(phone(), "held")].sort()).toEqual([...adviceFor(phone(), "unseen")].sort());
});

test.each<[Partial<Phone>, string]>([
  [{ make: "samsung" }, "check_sleep_samsung"],
  [{ make: "huawei" }, "check_huawei_services"],
  [{ make: "oppo" }, "check_sleep_oppo"],
  [{ make: "pixel" }, "check_sleep_android"],
  [{ make: null }, "check_sleep_android"],
  [{ system: "ios", make: null }, "check_ios_focus"],
  [{ system: "windows", make: null }, "check_windows_focus"],
  [{ system: "macos", make: null }, "check_macos_focus"],
  [{ system: "linux", make: null }, "check_linux_focus"],
  [{ system: "chromeos", make: null }, "check_chromeos_focus"],
])("on %o", (changes, line) => {
  expect(adviceFor(phone(changes), "none")).toContain(line);
});

test.each<[Partial<Phone>, string]>([
  [{}, "check_unblock_chrome_android"],
  [{ browser: "samsung" }, "check_unblock_samsung"],
  [{ browser: "firefox" }, "check_unblock_firefox_android"],
  [{ installed: true }, "check_unblock_android_icon"],
  [{ system: "ios", browser: "safari" }, "check_unblock_ios"],
  [{ system: "macos", browser: "safari" }, "check_unblock_safari_computer"],
  [{ system: "linux", browser: "firefox" }, "check_unblock_firefox_computer"],
  [{ system: "windows", browser: "edge" }, "check_unblock_chrome_computer"],
])("a refused permission on %o", (changes, line) => {
  expect(unblocking(phone(changes))[0]).toBe(line);
});

test("every advice has its words", () => {
  const systems: Phone["system"][] = ["android", "ios", "windows", "macos", "linux", "chromeos"];
  const all = systems.flatMap((system) => [
    ...adviceFor(phone({ system }), "none"),
    ...unblocking(phone({ system, browser: "chrome" })),
  ]);
  expect(all.length).toBeGreaterThan(15);
  expect(all.filter((key) => !(key in french))).toEqual([]);
});
