/**
 * Writes beside each built file that is worth it one in gzip and one in Brotli, as small as they get: who serves the
 * app (WhiteNoise, nginx) gives what the browser takes, and compresses nothing itself.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const TEXT = /\.(js|css|json|html|svg)$/;
/** Smaller ones fit a packet as they are. */
const WORTH_IT = 1000;

export function compressFiles(): Plugin {
  let folder = "";
  return {
    name: "compress-files",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    // After all others: the service worker is built when the rest is there.
    closeBundle: { order: "post", sequential: true, handler: () => compressAll(folder) },
  };
}

function compressAll(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!TEXT.test(name)) continue;
    const file = join(folder, name);
    const plain = readFileSync(file);
    if (plain.length < WORTH_IT) continue;
    writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
    const parameters = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
    writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: parameters }));
  }
}
