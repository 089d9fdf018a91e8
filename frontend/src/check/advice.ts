/** What to change on this phone, by its make, its system and its browser; the likeliest first. */
import type { CheckKey } from "./words";
import type { Make, Phone } from "./phone";

/** "held": the alert did not come, or late; "unseen": it came, and the person saw nothing. */
export type Trouble = "held" | "unseen" | "none";

/** The settings that put apps to sleep, as the makers call them. */
const SLEEP: Record<Make, CheckKey> = {
  samsung: "sleep_samsung",
  xiaomi: "sleep_xiaomi",
  huawei: "sleep_huawei",
  oppo: "sleep_oppo",
  vivo: "sleep_vivo",
  transsion: "sleep_transsion",
  pixel: "sleep_android",
  other: "sleep_android",
};

export function adviceFor(phone: Phone, trouble: Trouble): CheckKey[] {
  const [held, unseen] = parts(phone);
  return trouble === "unseen" ? [...unseen, ...held] : [...held, ...unseen];
}

/** What holds alerts back, and what hides them. */
function parts({ system, make }: Phone): [CheckKey[], CheckKey[]] {
  switch (system) {
    case "android":
      return [
        [SLEEP[make ?? "other"], "android_saver", ...(make === "huawei" ? (["huawei_services"] as const) : [])],
        ["android_notifications", "android_modes"],
      ];
    case "ios":
      return [["ios_network"], ["ios_notifications", "ios_focus", "ios_summary"]];
    case "windows":
      return [["computer_running"], ["windows_notifications", "windows_focus"]];
    case "macos":
      return [["computer_running"], ["macos_notifications", "macos_focus"]];
    case "chromeos":
      return [["computer_running"], ["chromeos_focus"]];
    case "linux":
      return [["computer_running"], ["linux_focus"]];
  }
}

/** How a permission that was refused is given all the same. */
export function unblocking({ system, browser, installed }: Phone): CheckKey[] {
  if (system === "ios") return ["unblock_ios"];
  if (system === "android") return [unblockOnAndroid(browser, installed), "unblock_android_system"];
  if (browser === "firefox") return ["unblock_firefox_computer"];
  return [browser === "safari" ? "unblock_safari_computer" : "unblock_chrome_computer"];
}

function unblockOnAndroid(browser: Phone["browser"], installed: boolean): CheckKey {
  if (installed) return "unblock_android_icon";
  if (browser === "samsung") return "unblock_samsung";
  if (browser === "firefox") return "unblock_firefox_android";
  return "unblock_chrome_android";
}
