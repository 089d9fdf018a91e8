/** Starts the app. */
import { mount } from "svelte";

import App from "./App.svelte";
import "./style.css";
import { begin, prepare } from "./app/start";

await prepare();
const target = document.getElementById("app")!;
target.replaceChildren();
mount(App, { target });
await begin();
