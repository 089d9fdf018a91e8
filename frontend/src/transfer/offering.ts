/** Only an iPhone's page needs a way into its icon; nobody else loads what makes one. */
import { whereAmI, type Place } from "../install/place";

/** Not inside another app, whose pages become no icons. */
export function mayBecomeIcon({ system, installed, app }: Place): boolean {
  return system === "ios" && !installed && app === null;
}

/** Makes a device if there is none: without one there is nothing that a code could stand for. */
export async function offerToIcon(): Promise<void> {
  if (!mayBecomeIcon(whereAmI())) return;
  try {
    await (await import("./icon")).prepareIcon();
  } catch {
    // Without it the icon starts empty, and a code can be typed.
    return;
  }
}
