/** The field of one's own words, which the bar below leads back to when it is empty. */
export const WORDS_FIELD = "words";
