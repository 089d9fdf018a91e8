import { readdirSync } from "node:fs";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

import { compileEarly } from "./scripts/compile-early";
import { compressFiles } from "./scripts/compress-files";
import { firstFiles } from "./scripts/first-files";
import { splitMessages } from "./scripts/split-messages";

/** Where `npm run dev` finds the back end. */
const BACKEND = process.env["BACKEND_URL"] ?? "http://127.0.0.1:8000";

/** One file a language: whoever adds one adds a language. */
const LANGUAGES = readdirSync(new URL("messages", import.meta.url)).map((name) => name.replace(".json", ""));

export default defineConfig({
  define: { __LANGUAGES__: JSON.stringify(LANGUAGES) },
  plugins: [
    splitMessages(),
    svelte(),
    firstFiles(),
    compileEarly(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      // The server writes the manifest (it knows the site's name), and the app registers the worker itself:
      // nothing is written into index.html.
      manifest: false,
      injectRegister: null,
      injectManifest: {
        rollupFormat: "iife",
        globPatterns: ["index.html", "assets/*.{js,css,json}"],
        manifestTransforms: [
          (entries) => ({
            // The shell is kept as the server gives it, with that page's own headers.
            manifest: entries.map((entry) =>
              entry.url === "index.html" ? { ...entry, url: "/shell" } : { ...entry, url: `/${entry.url}` },
            ),
          }),
        ],
      },
    }),
    compressFiles(),
  ],
  build: {
    // iPhones from iOS 15.4 on are to read it too. To name them here would write out each field of a class, which they
    // know, at 1.6 kB more for each first load; of what they do not know tests/test_light.py finds none.
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One style sheet: it is small, and a screen never shows before its own.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        // What all need is one file; what some screens share comes with these alone, side by side with them.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              // What app/upkeep.ts needs once the first screen is there, and the screens of alerts and of the icon too.
              name: "alerts",
              test: /src.alerts.(alerts|push|keeping|repair)\.ts|src.settings.(agreeing|refresh)|src.install.(place|guide|apps)\.ts/,
              priority: 6,
            },
            {
              name: "app",
              test: /node_modules|messages|preload-helper|src.(api|app|frame|store|time|words).|src.install.(prompt|icon).ts|src.rights.(sign|path)|src.worker.pictures|src.transfer.manifest-link|KindMark|RightsLink|src.(alerts|settings|campaigns|feed|actions).(?!erase|departements|following)[\w-]+\.ts/,
              minShareCount: 2,
              priority: 5,
            },
          ],
        },
      },
    },
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      "/api": BACKEND,
      "/admin": BACKEND,
      "/accounts": BACKEND,
      "/static": BACKEND,
      "/manifest.webmanifest": BACKEND,
      "^/icons/[^/]+$": BACKEND,
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    setupFiles: ["tests/setup.ts"],
    // Nothing is asserted of the time that something takes: this only ends what never comes (tests/patience.py).
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
