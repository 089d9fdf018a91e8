/** Where a long hashtag may break on a narrow screen. */

/** Splits "#500SignaturesPourAnasse" before each of its words; together the pieces are the text. */
export function breakHashtags(text: string): string[] {
  const marked = text.replace(/#[\p{L}\p{N}_]+/gu, (tag) => tag.replace(/[\p{Ll}\p{N}](?=\p{Lu})/gu, "$&\0"));
  return marked.split("\0");
}

/** A hashtag with its sign, however it was given; "" for none. */
export function withSign(hashtag: string | null | undefined): string {
  const bare = (hashtag ?? "").replace(/^#+/, "").trim();
  return bare && `#${bare}`;
}
