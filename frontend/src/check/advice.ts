/** What to change on this phone, by its make, its system and its browser; the likeliest first. */
import type { MessageKey } from "../words/language";
import type { Make, Phone } from "./phone";

/** "held": the alert did not come, or late; "unseen": it came, and the person saw nothing. */
export type Trouble = "held" | "unseen" | "none";

/** The settings that put apps to sleep, as the makers call them. */
const SLEEP: Record<Make, MessageKey> = {
  samsung: "check_sleep_samsung",
  xiaomi: "check_sleep_xiaomi",
  huawei: "check_sleep_huawei",
  oppo: "check_sleep_oppo",
  vivo: "check_sleep_vivo",
  transsion: "check_sleep_transsion",
  pixel: "check_sleep_android",
  other: "check_sleep_android",
};

export function adviceFor(phone: Phone, trouble: Trouble): MessageKey[] {
  const [held, unseen] = parts(phone);
  return trouble === "unseen" ? [...unseen, ...held] : [...held, ...unseen];
}

/** What holds alerts back, and what hides them. */
function parts({ system, make }: Phone): [MessageKey[], MessageKey[]] {
  switch (system) {
    case "android":
      return [
        [
          SLEEP[make ?? "other"],
          "check_android_saver",
          ...(make === "huawei" ? (["check_huawei_services"] as const) : []),
        ],
        ["check_android_notifications", "check_android_modes"],
      ];
    case "ios":
      return [["check_ios_network"], ["check_ios_notifications", "check_ios_focus", "check_ios_summary"]];
    case "windows":
      return [["check_computer_running"], ["check_windows_notifications", "check_windows_focus"]];
    case "macos":
      return [["check_computer_running"], ["check_macos_notifications", "check_macos_focus"]];
    case "chromeos":
      return [["check_computer_running"], ["check_chromeos_focus"]];
    case "linux":
      return [["check_computer_running"], ["check_linux_focus"]];
  }
}

/** How a permission that was refused is given all the same. */
export function unblocking({ system, browser, installed }: Phone): MessageKey[] {
  if (system === "ios") return ["check_unblock_ios"];
  if (system === "android") return [unblockOnAndroid(browser, installed), "check_unblock_android_system"];
  if (browser === "firefox") return ["check_unblock_firefox_computer"];
  return [browser === "safari" ? "check_unblock_safari_computer" : "check_unblock_chrome_computer"];
}

function unblockOnAndroid(browser: Phone["browser"], installed: boolean): MessageKey {
  if (installed) return "check_unblock_android_icon";
  if (browser === "samsung") return "check_unblock_samsung";
  if (browser === "firefox") return "check_unblock_firefox_android";
  return "check_unblock_chrome_android";
}
