import { svelte } from "@sveltejs/vite-plugin-svelte";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the back end. */
const BACKEND = process.env["BACKEND_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    svelte(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      // The manifest is a file in public/, and the app registers the worker itself:
      // nothing is written into index.html.
      manifest: false,
      injectRegister: null,
      injectManifest: {
        rollupFormat: "iife",
        globPatterns: ["index.html", "assets/*.{js,css}", "icons/{icon.svg,icon-192.png,badge-96.png}"],
        manifestTransforms: [
          (entries) => ({
            // The shell is kept as the page that the server gives for "/", with that page's own headers.
            manifest: entries.map((entry) =>
              entry.url === "index.html" ? { ...entry, url: "/" } : { ...entry, url: `/${entry.url}` },
            ),
          }),
        ],
      },
    }),
  ],
  build: {
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { "/api": BACKEND, "/admin": BACKEND, "/accounts": BACKEND, "/static": BACKEND } },
  test: { include: ["tests/**/*.test.ts"], environment: "node", setupFiles: ["tests/setup.ts"] },
});
