/** The check under way: it looks at each step, after the app has put right what it can. */
import { keepAlerts, refreshAlerts } from "../alerts/alerts";
import { isPushSupported, readSubscription } from "../alerts/push";
import { api } from "../api/client";
import type { Reach } from "../api/types";
import { app } from "../app/state.svelte";
import { whereAmI, type Place } from "../install/place";
import { whichPhone, type Phone } from "./phone";
import { isReady, readSteps, type CheckFacts, type Step } from "./steps";
import { checkWorker } from "./worker";

class Checking {
  steps = $state.raw<Step[] | null>(null);
  phone = $state.raw<Phone | null>(null);
  place = $state.raw<Place | null>(null);
  busy = $state(false);

  get ready(): boolean {
    return this.steps !== null && isReady(this.steps);
  }

  /** Again and again as things change; one at a time. */
  async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      this.place = whereAmI();
      this.phone = await whichPhone(this.place);
      await refreshAlerts().catch(() => undefined);
      await keepAlerts().catch(() => undefined);
      this.steps = readSteps(await this.#look(this.place));
    } finally {
      this.busy = false;
    }
  }

  async #look(place: Place): Promise<CheckFacts> {
    const supported = isPushSupported();
    const [worker, reach, subscription] = await Promise.all([
      supported ? checkWorker() : ("none" as const),
      askReach(),
      supported ? this.#subscription().catch(() => null) : null,
    ]);
    return {
      supported,
      installFirst: place.system === "ios" && !place.installed,
      inApp: place.app !== null,
      permission: supported ? Notification.permission : "default",
      worker,
      subscription,
      reach,
    };
  }

  async #subscription(): Promise<CheckFacts["subscription"]> {
    const registration = await navigator.serviceWorker.getRegistration();
    if (!registration) return null;
    const { current } = await readSubscription(registration, Date.now());
    return current && { sent: current.sent, keyCurrent: current.key === app.config?.vapid_public_key };
  }
}

/** Null when the server has no subscription of this device, undefined when it does not answer. */
export async function askReach(): Promise<Reach | null | undefined> {
  if (app.device === null) return null;
  return api.reach().then(
    ({ subscription }) => subscription,
    () => undefined,
  );
}

export const checking = new Checking();
