// Looks at the maps of pages in headless Chromium, by keyboard: node map.js BASE CHROMIUM PATH...
// Prints for each page the points, what the popups of all of them say, complaints of the browser, requests elsewhere.
import puppeteer from "puppeteer-core";

const WAIT_MS = 30_000;

async function look(browser, address) {
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  const complaints = [];
  const others = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && new URL(url).origin !== new URL(address).origin) others.push(url);
  });
  await page.goto(address, { waitUntil: "networkidle0", timeout: WAIT_MS });
  await page.waitForSelector("figure.map .canvas path.outline", { timeout: WAIT_MS });
  const points = await page.$$(".canvas .point");
  const popups = [];
  for (const point of points) {
    await point.focus();
    await page.keyboard.press("Enter");
    const popup = await page.waitForSelector(".leaflet-popup .said", { timeout: WAIT_MS });
    popups.push(await popup.evaluate((element) => ({
      text: element.textContent, links: [...element.querySelectorAll("a")].map((link) => link.pathname),
    })));
    await page.keyboard.press("Escape");
    await page.waitForSelector(".leaflet-popup", { hidden: true, timeout: WAIT_MS });
  }
  const labels = await page.$$eval(".canvas .point", (all) => all.map((point) => point.getAttribute("aria-label")));
  const rows = await page.$$eval("tr[data-point]", (all) => all.map((row) => row.dataset.point));
  const drawn = await page.$$eval(".canvas path:not(.outline), .canvas circle", (all) => all.length);
  return { complaints, others, labels, popups, rows, drawn };
}

const [base, executablePath, ...paths] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const seen = {};
  for (const path of paths) seen[path] = await look(browser, base + path);
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
