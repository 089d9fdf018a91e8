/**
 * Tells Chromium that the functions of the files that are loaded first are called at once: it then compiles them beside
 * the page, as they come, and not one by one while the first screen is made. Other browsers read over it.
 */
import type { Plugin } from "vite";

import { listFirstFiles, type Bundle } from "./first-files";

const HINT = "//# allFunctionsCalledOnLoad\n";
/** What is in a shorter file, in characters, is compiled in no time. */
const WORTH_IT = 2000;

export function compileEarly(): Plugin {
  return {
    name: "compile-early",
    apply: "build",
    generateBundle: {
      // It is heard at the very beginning of a file alone: after all that writes something there.
      order: "post",
      handler(_, bundle) {
        markFirstFiles(bundle as unknown as Bundle);
      },
    },
  };
}

export function markFirstFiles(bundle: Bundle): void {
  const { page, screens } = listFirstFiles(bundle);
  for (const name of new Set([page, ...Object.values(screens)].flat())) {
    const file = bundle[name.slice(1)];
    if (file?.type === "chunk" && file.code.length > WORTH_IT) file.code = HINT + file.code;
  }
}
