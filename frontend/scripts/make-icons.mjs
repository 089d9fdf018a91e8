/** Draws every form of each icon in icons/, into a folder of its own: `npm run icons`. SITE_ICON names one of them. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";

import { Resvg } from "@resvg/resvg-js";

const SOURCES = new URL("icons/", import.meta.url);

for (const file of await readdir(SOURCES)) {
  const source = await readFile(new URL(file, SOURCES), "utf8");
  const target = new URL(`../public/icons/${file.replace(".svg", "")}/`, import.meta.url);
  await mkdir(target, { recursive: true });
  await writeFile(new URL("icon.svg", target), source);
  for (const [name, drawing, size] of formsOf(source)) {
    const picture = new Resvg(drawing, { fitTo: { mode: "width", value: size } }).render().asPng();
    await writeFile(new URL(`${name}.png`, target), picture);
  }
}

function formsOf(source) {
  const square = source.replace('rx="96"', "");
  /** Android cuts a maskable icon to any shape: its ground fills the square and its mark stays in the middle 80 %. */
  const maskable = scaled(square, 0.74);
  /** The status bar shows only the shape. */
  const badge = scaled(source.replace(/<rect id="ground"[^>]*>/, "").replaceAll(/fill="#\w+"/g, 'fill="#ffffff"'), 1.4);
  return [
    ["icon-192", source, 192],
    ["icon-512", source, 512],
    ["maskable-192", maskable, 192],
    ["maskable-512", maskable, 512],
    ["apple-touch-icon", square, 180],
    ["badge-96", badge, 96],
  ];
}

function scaled(drawing, by) {
  const about = `translate(256 256) scale(${by}) translate(-256 -268)`;
  return drawing.replace('<g id="mark">', `<g id="mark" transform="${about}">`);
}
