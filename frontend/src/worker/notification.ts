/** From an alert to what the phone shows. */
import type { Alert } from "./payload";
import { neutralWords } from "./words";

export interface Shown {
  title: string;
  options: NotificationOptions & { renotify?: boolean };
}

/** What the notification carries for the tap on it. */
export interface TapData {
  navigate: string;
  id: string;
  type: Alert["type"];
  receipt: string;
}

const PICTURES = { icon: "/icons/icon-192.png", badge: "/icons/badge-96.png" };

/** A repeat of an alert that was shown already takes its place without ringing; a correction rings again. */
export function toNotification(alert: Alert, repeat: boolean): Shown {
  const data: TapData = { navigate: alert.navigate, id: alert.id, type: alert.type, receipt: alert.receipt };
  const silent = repeat || alert.silent;
  const options: Shown["options"] = { ...PICTURES, body: alert.body, data, silent };
  if (alert.lang) options.lang = alert.lang;
  if (alert.tag) {
    options.tag = alert.tag;
    options.renotify = !silent;
  }
  return { title: alert.title, options };
}

/** For a message that cannot be read: something is shown all the same, else the browser takes the subscription away. */
export function neutralNotification(language: string, siteName: string | undefined): Shown {
  const data: TapData = { navigate: "/", id: "", type: "alert", receipt: "" };
  const { title, body } = neutralWords(language);
  return { title: siteName ?? title, options: { ...PICTURES, body, lang: language, tag: "neutral", data } };
}

/** The least that any browser shows, for when it refused the options. */
export function bareNotification({ title, options }: Shown): Shown {
  return { title, options: { body: options.body ?? "", data: options.data } };
}
