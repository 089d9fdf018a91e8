/** Where a long hashtag may break on a narrow screen. */

/** Splits "#500SignaturesPourAnasse" before each of its words; together the pieces are the text. */
export function breakHashtags(text: string): string[] {
  return text.split(/(?<=#[\p{L}\p{N}_]*[\p{Ll}\p{N}])(?=\p{Lu})/u);
}

/** A hashtag with its sign, however it was given; "" for none. */
export function withSign(hashtag: string | null | undefined): string {
  const bare = (hashtag ?? "").replace(/^#+/, "").trim();
  return bare && `#${bare}`;
}
