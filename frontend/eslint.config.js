import svelte from "eslint-plugin-svelte";
import globals from "globals";
import typescript from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

const ONE_FETCH = { name: "fetch", message: "Only src/api and the worker's network calls fetch." };

export default typescript.config(
  { ignores: ["dist/", "src/api/schema.d.ts"] },
  ...typescript.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node, ...globals.serviceworker } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: typescript.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    files: ["src/**"],
    ignores: ["src/api/client.ts", "src/api/files.ts", "src/api/try-link.ts", "src/worker/index.ts"],
    rules: { "no-restricted-globals": ["error", ONE_FETCH] },
  },
  {
    files: ["src/**"],
    ignores: ["src/alerts/push.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[property.name='pushManager']",
          message: "Only src/alerts/push.ts touches PushManager.",
        },
      ],
    },
  },
  { files: ["src/**"], rules: { "max-lines": ["error", 220], "svelte/no-navigation-without-resolve": "off" } },
);
