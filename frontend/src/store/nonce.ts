/** The nonce of a verification push, from its coming until the server has answered for good, or takes it no more. */
import { database } from "./database";

export interface KeptNonce {
  nonce: string;
  /** The server takes it until then, in ms. */
  until: number;
  /** Not to be sent before, in ms: it is on its way, or the server has named a time. */
  notBefore: number;
}

/** As long as the server does (accounts/models/subscription.py). */
const LIFETIME = 24 * 3600 * 1000;

/** One takes the place of another: the server takes the last one alone. */
export async function keepNonce(nonce: string, now: number, notBefore: number): Promise<void> {
  await (await database()).put("preferences", { nonce, until: now + LIFETIME, notBefore }, "nonce");
}

/** Null when there is none, or none that is good any more. */
export async function keptNonce(now: number): Promise<KeptNonce | null> {
  const db = await database();
  const kept = (await db.get("preferences", "nonce")) as KeptNonce | undefined;
  if (kept === undefined || now < kept.until) return kept ?? null;
  await db.delete("preferences", "nonce");
  return null;
}

/** Does nothing when it is not kept any more: it was settled meanwhile, or everything is erased. */
export async function postponeNonce(nonce: string, notBefore: number): Promise<void> {
  await change(nonce, (kept) => ({ ...kept, notBefore }));
}

export async function dropNonce(nonce: string): Promise<void> {
  await change(nonce, () => null);
}

async function change(nonce: string, to: (kept: KeptNonce) => KeptNonce | null): Promise<void> {
  const transaction = (await database()).transaction("preferences", "readwrite");
  const kept = (await transaction.store.get("nonce")) as KeptNonce | undefined;
  const next = kept?.nonce === nonce ? to(kept) : undefined;
  if (next === null) await transaction.store.delete("nonce");
  else if (next) await transaction.store.put(next, "nonce");
  await transaction.done;
}
