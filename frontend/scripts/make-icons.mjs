/** Draws every icon from icon.svg: `npm run icons`. */
import { readFile, writeFile, mkdir } from "node:fs/promises";

import { Resvg } from "@resvg/resvg-js";

const source = await readFile(new URL("icon.svg", import.meta.url), "utf8");
const target = new URL("../public/icons/", import.meta.url);
await mkdir(target, { recursive: true });

/** Android cuts a maskable icon to any shape: its ground fills the square and its mark stays in the middle 80 %. */
const maskable = source
  .replace('rx="96"', "")
  .replace('<g id="mark">', '<g id="mark" transform="translate(256 256) scale(.74) translate(-256 -268)">');
const square = source.replace('rx="96"', "");
/** The status bar shows only the shape. */
const badge = source
  .replace(/<rect id="ground"[^>]*>/, "")
  .replace("#ffd60a", "#ffffff")
  .replace('<g id="mark">', '<g id="mark" transform="translate(256 256) scale(1.4) translate(-256 -268)">');

await writeFile(new URL("icon.svg", target), source);
for (const [name, drawing, size] of [
  ["icon-192", source, 192],
  ["icon-512", source, 512],
  ["maskable-192", maskable, 192],
  ["maskable-512", maskable, 512],
  ["apple-touch-icon", square, 180],
  ["badge-96", badge, 96],
]) {
  const picture = new Resvg(drawing, { fitTo: { mode: "width", value: size } }).render().asPng();
  await writeFile(new URL(`${name}.png`, target), picture);
}
