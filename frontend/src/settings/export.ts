/** All that is kept about this person, joined into one file: what the server says, and what only the phone has. */
import { api } from "../api/client";
import { isNoDevice } from "../api/errors";
import type { KeptAnswer } from "../store/answers";
import { database, phoneDatabase } from "../store/database";

/** The subscription's fingerprint and its nonce are for the machinery; how the server describes the device, it says itself. */
const NOT_TOLD: ReadonlySet<IDBValidKey> = new Set(["subscriptionSent", "nonce", "device"]);

/** Rejects without network. `about` says in words what the phone's part is. */
export async function makeExport(name: string, about: string): Promise<File> {
  const server = await api.exportDevice().catch((error: unknown) => {
    // A browser that was never noted: the phone's part is all there is.
    if (isNoDevice(error)) return null;
    throw error;
  });
  const content = { server, phone: { about, ...(await readPhone()) } };
  return new File([JSON.stringify(content, null, 2)], name, { type: "application/json" });
}

/** Every store of the phone's memory, whatever it is for, and of the answers that it has kept what was asked. */
export async function readPhone(): Promise<Record<string, unknown>> {
  const db = await database();
  const told: Record<string, unknown> = {};
  for (const name of (await phoneDatabase()).objectStoreNames) {
    const [keys, values] = [await db.getAllKeys(name), await db.getAll(name)];
    told[name] =
      name === "answers"
        ? (values as KeptAnswer[]).map(({ asked, at }) => ({ asked, at }))
        : name === "preferences"
          ? Object.fromEntries(keys.flatMap((key, index) => (NOT_TOLD.has(key) ? [] : [[String(key), values[index]]])))
          : values;
  }
  told["pages"] = await keptPages();
  return told;
}

async function keptPages(): Promise<string[]> {
  const pages: string[] = [];
  for (const name of await caches.keys()) {
    if (name.startsWith("shell-")) continue;
    for (const request of await (await caches.open(name)).keys()) pages.push(new URL(request.url).pathname);
  }
  return pages;
}

export function download(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function canShare(file: File): boolean {
  return navigator.canShare?.({ files: [file] }) ?? false;
}

/** Put off is put off: the file is there already. */
export async function share(file: File): Promise<void> {
  await navigator.share({ files: [file] }).catch(() => undefined);
}
