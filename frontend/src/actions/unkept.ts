/** Telling the server of a gesture that the phone's memory could not take. Loaded where that happens. */
import { api } from "../api/client";
import { ApiError, isNoDevice, isPassing } from "../api/errors";
import { app } from "../app/state.svelte";
import { wasTakenOver } from "../settings/device";
import { Erased } from "../store/database";
import { exclusively } from "../store/exclusively";
import { forgetGesture, type KeptGesture } from "../store/gestures";
import { dropParticipation } from "../store/participations";
import { phoneZone } from "../time/format";
import { codeOf, tell } from "./replay";

/** "" when the server took it, else why not: "unkept" when no answer came, so that it is nowhere now. */
export async function tellUnkept(gesture: KeptGesture, cause: unknown): Promise<string> {
  // It keeps nothing because all was erased: nobody is there who could have done anything.
  if (cause instanceof Erased || app.erased) throw cause;
  return exclusively("gestures", async () => {
    try {
      const part = await tell(gesture, asDevice);
      if (part) app.unkept.parts.set(gesture.key, part);
      await dropEarlier(gesture);
      return "";
    } catch (error) {
      return error instanceof ApiError && !isPassing(error) ? codeOf(error, gesture) : "unkept";
    }
  });
}

/** What was kept of the same thing before is older than this: it must not be sent after it. A full memory still drops. */
async function dropEarlier(gesture: KeptGesture): Promise<void> {
  await forgetGesture(gesture.key).catch(() => undefined);
  if (gesture.kind !== "part" || gesture.input !== null) return;
  app.unkept.parts.delete(gesture.key);
  await dropParticipation(gesture.action).catch(() => undefined);
}

/** The server knows the device by its cookie. One is made where it knows none, unless another phone has taken it over. */
async function asDevice<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isNoDevice(error) || (await wasTakenOver().catch(() => false))) throw error;
    app.device = await api.makeDevice(app.language, phoneZone(), !app.keepsNothing);
    return call();
  }
}
