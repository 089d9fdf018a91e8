/** A push message has come: show it, always; then everything else. */
import { showBadge } from "../badge/badge";
import { keepCard, dropOldCards } from "../store/card";
import { preference } from "../store/preferences";
import { keptNonce } from "../store/nonce";
import { dropOldAlerts, forgetAlert, noteAlert } from "../store/seen";
import { countKept } from "./badge";
import { bareNotification, neutralNotification, toNotification, type Shown } from "./notification";
import { within } from "../app/patience";
import { readPayload, type Alert } from "./payload";
import { reportNotShown, reportShown } from "./receipts";
import { verify, type Verifying } from "./verify";

/** The phone's memory may be full, closed or busy; the notification does not wait for it longer than this, in ms. */
const PATIENCE = 1500;
const KEPT_AFTER_EXPIRY = 24 * 3600 * 1000;

export type Show = (title: string, options: NotificationOptions) => Promise<void>;

/** Resolves when all is done. `tell` reaches the open windows. */
export async function receivePush(
  message: string | null,
  show: Show,
  tell: (news: object) => Promise<void>,
  browser: Omit<Verifying, "tell"> = { comeBack: async () => undefined, isSubscribed: async () => true },
): Promise<void> {
  const now = Date.now();
  const alert = readPayload(message, now);
  if (alert === null) return void (await put(show, await neutral()));
  const [isNew] = await Promise.all([firstTime(alert), within(keep(alert), PATIENCE, undefined)]);
  const shown = await put(show, toNotification(alert, !isNew));
  await Promise.allSettled([
    // An alert that could not be shown rings when it comes again.
    isNew && (shown ? reportShown(alert) : forgetAlert(alert.id)),
    !shown && reportNotShown(alert),
    alert.type === "verification" && verify(alert.receipt, { tell, ...browser }),
    // A page that checks whether alerts arrive waits for this.
    tell({ type: "received", id: alert.id, shown }),
    countBadge(alert, now),
    dropOldAlerts(now),
    dropOldCards(now),
    keptNonce(now),
  ]);
}

/** False when the browser showed nothing at all. */
async function put(show: Show, shown: Shown): Promise<boolean> {
  for (const attempt of [shown, bareNotification(shown)]) {
    try {
      await show(attempt.title, attempt.options);
      return true;
    } catch (error) {
      console.warn("A notification was refused by the browser", error);
    }
  }
  return false;
}

function firstTime(alert: Alert): Promise<boolean> {
  if (!alert.id) return Promise.resolve(true);
  return within(noteAlert(alert.id, alert.expires + KEPT_AFTER_EXPIRY), PATIENCE, true);
}

async function keep(alert: Alert): Promise<void> {
  if (alert.card === null || (await preference("device"))?.keep_cards === false) return;
  await keepCard(alert.card, alert.id, alert.expires, Date.now());
}

async function neutral(): Promise<Shown> {
  return neutralNotification(await language(), await within(preference("siteName"), PATIENCE, undefined));
}

async function countBadge(alert: Alert, now: number): Promise<void> {
  await showBadge(await countKept(alert.card, now));
}

async function language(): Promise<string> {
  return (await within(preference("language"), PATIENCE, undefined)) ?? navigator.language.split("-")[0] ?? "fr";
}
