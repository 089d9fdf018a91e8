/** Telling the server that an alert was shown or opened, without naming anyone. */
import { api } from "../api/client";
import type { ReceiptEvent } from "../api/types";
import { sleep } from "../app/patience";
import type { Alert } from "./payload";

/** Reports of a big audience are spread over this time, in ms. */
const SPREAD = 20_000;

/** A test is only looked at, a verification has its own way back. */
const REPORTED: ReadonlySet<Alert["type"]> = new Set(["alert", "canary"]);

/** How long to wait before reporting "shown", in ms; null when this device is not in the sample. */
export function reportDelay(sample: number, random: () => number): number | null {
  if (sample <= 1) return 0;
  return random() * sample < 1 ? Math.floor(random() * SPREAD) : null;
}

export async function reportShown(alert: Alert, random: () => number = Math.random): Promise<void> {
  const delay = reportDelay(alert.sample, random);
  if (delay === null) return;
  await sleep(delay);
  await report(alert, "shown");
}

/** The browser refused to show it: organisers see that, rather than a phone that stays silent. */
export async function reportNotShown(alert: Alert): Promise<void> {
  await report(alert, "not_shown");
}

/** A receipt that does not arrive is lost: it is only a count. */
export async function report(alert: Pick<Alert, "type" | "id" | "receipt">, event: ReceiptEvent): Promise<void> {
  if (!REPORTED.has(alert.type) || !alert.id || !alert.receipt) return;
  await api.receipt(alert.id, event, alert.receipt).catch(() => undefined);
}
