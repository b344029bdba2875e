// Prints what axe-core finds on pages, in light and in dark, and pages that a phone would have to move sideways.
// node axe.js URL BROWSER PATH...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [address, executablePath, ...paths] = process.argv.slice(2);
const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OTHERS = ["#editor", "#graphiql", ".leaflet-container"]; // what others have written
/** Everything, or these rules alone: all but contrast is the same in the dark. */
const run = (exclude, rules) => axe.run({ exclude }, { resultTypes: ["violations"], elementRef: false, ...(rules && { runOnly: rules }) });
/** What reaches furthest to the right. */
const widest = () => {
  const right = (element) => element.getBoundingClientRect().right;
  return [...document.querySelectorAll("body *")].sort((a, b) => right(b) - right(a)).slice(0, 3).map((element) => element.outerHTML.slice(0, 200));
};
const REPORTED = ["serious", "critical"];
const seen = { violations: [], complaints: [], others: [], sideways: [], seconds: {} };
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${address}/`)) seen.others.push(request.url());
  });
  page.on("console", (message) => {
    // A page of an error has its status, which browsers log.
    if (message.type() === "error" && !message.text().includes("status of 4")) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  await page.goto("data:text/html,<img src=x><p style='color:%23ccc'>What must be found, or nothing was looked for</p>");
  await page.evaluate(source);
  seen.control = (await page.evaluate(run, [], null)).violations.map(({ id }) => id);
  for (const path of paths) {
    await page.setViewport({ width: 1280, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await page.goto(`${address}${path}`, { waitUntil: "load" });
    await page.evaluate(source);
    await page.evaluate(() => document.querySelectorAll("details").forEach((element) => (element.open = true)));
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const started = Date.now();
      const found = await page.evaluate(run, OTHERS, scheme === "dark" ? ["color-contrast"] : null);
      seen.seconds[`${path} ${scheme}`] = (Date.now() - started) / 1000;
      for (const { id, impact, nodes } of found.violations) {
        if (REPORTED.includes(impact)) seen.violations.push({ path, scheme, id, nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary.slice(0, 200)}`) });
      }
    }
    await page.setViewport({ width: 390, height: 844 });
    // An editor measures its columns again after a change of size.
    const fits = () => document.documentElement.scrollWidth <= 390;
    await page.waitForFunction(fits, { timeout: 5_000 }).catch(async () => seen.sideways.push({ path, widest: await page.evaluate(widest) }));
  }
} catch (error) {
  seen.complaints.push(String(error));
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
