/** Keeps the keyboard's and the screen reader's place when what had it is gone: a button that did its work, a screen. */

/** What had the focus last and all that it was in, innermost first; the heading there was then. */
let had: Element[] = [];
let heading: Element | null = null;
/** A new screen without a heading yet: the focus waits on the whole of it. */
let awaited = false;

export function keepFocus(): void {
  document.addEventListener("focusin", note);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}

/** Screen readers go on from the heading of the new screen. */
export function focusHeading(): void {
  awaited = !take("h1");
  if (awaited) take("main");
}

function note({ target }: Event): void {
  had = [];
  for (let each = target as Element | null; each; each = each.parentElement) had.push(each);
  heading = document.querySelector("h1");
}

function look(): void {
  const h1 = document.querySelector("h1");
  if (awaited && h1) return focusHeading();
  if (document.activeElement !== document.body || !had[0] || had[0].isConnected) return;
  const around = had.find((each) => each.isConnected);
  // What was around it; where that is the whole screen, the word on what became of the gesture.
  const within = around?.closest("main") && !around.querySelector("h1");
  if (h1 !== heading || !take(within ? around! : "[data-after]")) focusHeading();
}

/** True when it has the focus now. */
function take(place: Element | string): boolean {
  const element = typeof place === "string" ? document.querySelector<HTMLElement>(place) : (place as HTMLElement);
  if (!element) return false;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}
