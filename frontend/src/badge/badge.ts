/** Puts a number on the app's icon, where the system has a place for it; in the app and in the service worker. */

/** None for 0; null leaves it as it is. A system that wants no number, or a permission first, is left in peace. */
export async function showBadge(count: number | null): Promise<void> {
  if (count === null || !("setAppBadge" in navigator)) return;
  await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
}
