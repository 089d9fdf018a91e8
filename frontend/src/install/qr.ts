/** The only module that knows the library for QR codes; loaded when one is shown. */
import { generate } from "lean-qr";

/** Around the code, in squares of it: readers want four. */
const QUIET = 4;

/** The dark squares as an SVG path, and the side of the whole. */
export function drawCode(text: string): { size: number; path: string } {
  const code = generate(text);
  const squares = Array.from({ length: code.size * code.size }, (_, at) => [
    at % code.size,
    Math.floor(at / code.size),
  ]);
  const dark = squares.filter(([x, y]) => code.get(x!, y!));
  return {
    size: code.size + 2 * QUIET,
    path: dark.map(([x, y]) => `M${x! + QUIET} ${y! + QUIET}h1v1h-1z`).join(""),
  };
}
