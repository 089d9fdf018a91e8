/** This browser as the server knows it: made at the first gesture that needs it, never by looking. */
import { api } from "../api/client";
import { isNoDevice } from "../api/errors";
import type { Device } from "../api/types";
import { chooseLanguage, languages } from "../words/languages";
import { exclusively } from "../store/exclusively";
import { waitingGestures } from "../store/gestures";
import { keepsNothing } from "../store/keeping";
import { dropPreference, preference, setPreference } from "../store/preferences";
import { phoneZone } from "../time/format";

/** The device, made now if there is none. Two tabs at once make one. */
export async function ensureDevice(): Promise<Device> {
  return exclusively("device", async () => {
    const known = await preference("device");
    if (known) return known;
    const language = (await preference("language")) ?? chooseLanguage(navigator.languages, languages());
    return keepDevice(await api.makeDevice(language, phoneZone(), !(await keepsNothing())));
  });
}

/** Runs a call that needs a device. A cookie that was lost is made up for once. */
export async function withDevice<T>(call: () => Promise<T>): Promise<T> {
  await ensureDevice();
  try {
    return await call();
  } catch (error) {
    if (!isNoDevice(error) || (await wasTakenOver())) throw error;
    await dropPreference("device");
    await ensureDevice();
    return call();
  }
}

/** How long after a code ran out its use still explains that the server does not know this phone, in ms. */
const EXPLAINS_FOR = 60 * 24 * 3600 * 1000;

/**
 * Asked when the server does not know this phone: whether that is because it gave out a code, and another phone or its
 * icon has entered it. Then no new device is made: what waits here was done by somebody who is there now.
 */
export async function wasTakenOver(): Promise<boolean> {
  const [code, icon] = [await preference("transferCode"), await preference("iconManifest")];
  const last = Math.max(code ? Date.parse(code.expires_at) : 0, icon?.until ?? 0);
  return Date.now() < last + EXPLAINS_FOR;
}

/** As the server gave it, but for what was left here and waits to be told. Resolves with what is kept. */
export async function keepDevice(given: Device): Promise<Device> {
  const left = (await waitingGestures()).flatMap((each) => (each.kind === "unfollow" ? [each.campaign] : []));
  const device = { ...given, follows: given.follows.filter(({ campaign }) => !left.includes(campaign)) };
  await setPreference("device", device);
  return device;
}
