/** Copying a text, also where a browser has only the old way, or none: then it says so. */
import type { MessageKey } from "../words/language";
import { t } from "../words/words";
import { app } from "../app/state.svelte";

/** Copies, and has the outcome read out; resolves with it: `done`, or that this browser does not let one. */
export async function copyText(text: string, done: MessageKey): Promise<MessageKey> {
  const said = (await copied(text)) ? done : "copy_refused";
  app.announce(t(said));
  return said;
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

/** By way of a field that is there for a moment; the focus is back before it goes. */
function copyTheOldWay(text: string): boolean {
  const had = document.activeElement as HTMLElement | null;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  had?.focus();
  field.remove();
  return done;
}
