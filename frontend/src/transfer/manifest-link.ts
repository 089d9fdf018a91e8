/** Which manifest the page names: in the reader's language, and on an iPhone the one with a way in for the icon. */

const PLAIN = "/manifest.webmanifest";
/** What the page names by itself: nothing is fetched twice for it. */
const WRITTEN = "fr";

let own: string | null = null;

export function linkManifest(language: string): void {
  show(own ?? (language === WRITTEN ? PLAIN : `${PLAIN}?lang=${encodeURIComponent(language)}`));
}

/** From now on it is the manifest of this one phone; null: the one for everybody again. */
export function linkOwnManifest(address: string | null, language: string): void {
  own = address;
  linkManifest(language);
}

function show(address: string): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
  if (link && link.getAttribute("href") !== address) link.href = address;
}
