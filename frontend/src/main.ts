/** Starts the app. */
import { mount } from "svelte";

import App from "./App.svelte";
import "./style.css";
import { begin, prepare } from "./start";

await prepare();
mount(App, { target: document.getElementById("app")! });
await begin();
