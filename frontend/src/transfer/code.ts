/** Transfer codes as people see and type them. */

/** Without I, L, O and U: what looks like another sign is read as that one. As the server has it. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const READ_AS: Record<string, string> = { I: "1", L: "1", O: "0", U: "V" };
const GROUP = 4;

/** Of a code to be typed, and of one that an icon starts with. */
export const TYPED_SIGNS = 12;
const ICON_SIGNS = 26;

/** The signs of what was typed or pasted, also as a whole address; whatever else is in it is left out. */
export function readSigns(text: string): string {
  const typed = /#code=([^&\s]+)/.exec(text)?.[1] ?? text;
  const signs = [...typed.toUpperCase()].map((sign) => READ_AS[sign] ?? sign);
  return signs.filter((sign) => ALPHABET.includes(sign)).join("");
}

/** The code, or null when it has too few or too many signs to be one. */
export function readCode(text: string): string | null {
  const signs = readSigns(text);
  return signs.length === TYPED_SIGNS || signs.length === ICON_SIGNS ? signs : null;
}

/** In groups that the eye can keep while the hand types. */
export function inGroups(code: string): string[] {
  return Array.from({ length: Math.ceil(code.length / GROUP) }, (_, at) => code.slice(at * GROUP, (at + 1) * GROUP));
}

/** What the other phone's camera opens. The code is behind the #, which no server is ever told. */
export function codeAddress(code: string, origin: string): string {
  return `${origin}/transfer#code=${inGroups(code).join("-")}`;
}
