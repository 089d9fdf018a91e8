// Lighthouse's mobile preset on one page, as somebody who was never here: a fresh Chromium each time.
// node measure.mjs ADDRESS CHROMIUM -> {"performance", "accessibility", "best_practices" (0 to 100), "usable" (s),
// "failed": what costs points in the second and third}
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [address, chromePath] = process.argv.slice(2);
// As root Chromium runs without its sandbox only; a small /dev/shm ends it.
const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: "error" });
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const points = (category) => Math.round(lhr.categories[category].score * 100);
  const failed = ["accessibility", "best-practices"]
    .flatMap((category) => lhr.categories[category].auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => `${id} ${lhr.audits[id].details?.items?.[0]?.node?.snippet ?? ""}`.trim());
  console.log(
    JSON.stringify({
      performance: points("performance"),
      accessibility: points("accessibility"),
      best_practices: points("best-practices"),
      usable: lhr.audits.interactive.numericValue / 1000,
      failed,
    }),
  );
} finally {
  chrome.kill();
}
