/**
 * What only the phones know goes along encrypted with the transfer code, of which the server keeps a digest: it hands
 * over what it cannot read. Many rounds, so that a short code cannot be tried out on a stolen table.
 */
import { decodeKey, encodeKey } from "../alerts/push";

const ROUNDS = 200_000;
const SALT_BYTES = 16;
const IV_BYTES = 12;

/** base64url of salt, nonce and AES-GCM's output. Rejects where the browser has no cryptography (plain http). */
export async function seal(code: string, contents: unknown): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(contents));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(code, salt), plain);
  return encodeKey(new Uint8Array([...salt, ...iv, ...new Uint8Array(sealed)]));
}

/** Rejects when it was sealed with another code, or changed on its way. */
export async function open(code: string, sealed: string): Promise<unknown> {
  const bytes = decodeKey(sealed);
  const [salt, iv, rest] = [
    bytes.slice(0, SALT_BYTES),
    bytes.slice(SALT_BYTES, SALT_BYTES + IV_BYTES),
    bytes.slice(SALT_BYTES + IV_BYTES),
  ];
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(code, salt), rest);
  return JSON.parse(new TextDecoder().decode(plain));
}

async function keyOf(code: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveKey"]);
  const rounds = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(rounds, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
