/** Declarative Web Push: what the browser has read of a message by itself, and shows by itself unless we show something. */
import { within } from "../app/patience";
import type { TapData } from "./notification";
import type { Show } from "./receive";

/** The browser's own reading (Push API, "PushEvent.notification"; Safari from iOS 18.4 on), in place of the message. */
export type Declared = Pick<Notification, "title" | "body" | "tag" | "lang" | "silent" | "data"> & { navigate: string };

export interface ArrivedPush {
  data: { text(): string } | null;
  notification?: Declared | null;
}

/** Safari has been known to leave it open for good whether ours is shown, in ms. */
const PATIENCE = 1500;

export function messageOf({ data, notification }: ArrivedPush): string | null {
  if (data || !notification) return data?.text() ?? null;
  // They are properties of its class, not its own: spread out they would be lost.
  const { title, body, navigate, tag, lang, silent } = notification;
  return JSON.stringify({ notification: { title, body, navigate, tag, lang, silent, data: notification.data } });
}

/**
 * Has ours shown in place of the declared one, for which it has to say where a tap leads: the browser goes there and
 * tells the worker nothing. So the address says to the page what the worker would have reported. If the browser does
 * not take ours, the declared one is shown.
 */
export function showInstead(show: Show, { navigate }: Declared): Show {
  return (title, options) => {
    const { type, receipt } = options.data as TapData;
    const address = navigate + (type === "alert" && receipt ? `#receipt=${receipt}` : "");
    return within(show(title, { ...options, navigate: address } as NotificationOptions), PATIENCE, undefined);
  };
}
