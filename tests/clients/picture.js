// Takes a picture of the first rows of a table of a page: node picture.js BROWSER URL HEADING-ID ROWS FILE
import puppeteer from "puppeteer-core";

const MARGIN = 20;
const [executablePath, url, heading, rows, path] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
  await page.setViewport({ width: 1120, height: 1200 });
  await page.goto(url, { waitUntil: "networkidle0" });
  const box = await page.evaluate((id, count) => {
    const section = document.getElementById(id).closest("section");
    const { left, top, width } = section.getBoundingClientRect();
    const last = section.querySelectorAll("tbody tr")[count - 1].getBoundingClientRect();
    return { x: left, y: top + scrollY, width, height: last.bottom - top };
  }, heading, Number(rows));
  const clip = { x: box.x - MARGIN, y: box.y - MARGIN, width: box.width + 2 * MARGIN, height: box.height + MARGIN };
  await page.screenshot({ path, clip, captureBeyondViewport: true, optimizeForSpeed: false });
} finally {
  await browser.close();
}
