// Types a query into the editor, runs it and prints what the page shows. node editor.js URL QUERY BROWSER SCREENSHOT
import puppeteer from "puppeteer-core";

const [address, query, executablePath, picture] = process.argv.slice(2);
const told = { requests: [], complaints: [], rows: [], others: [] };
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on("request", (request) => told.requests.push(`${request.method()} ${request.url()}`));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) told.complaints.push(message.text());
  });
  page.on("pageerror", (error) => told.complaints.push(String(error)));
  await page.goto(`${address}/sparql`, { waitUntil: "networkidle0" });
  await page.waitForSelector("#editor .CodeMirror");
  await page.click("#editor .CodeMirror");
  for (const key of ["a", "Backspace"]) {
    if (key === "a") await page.keyboard.down("Control");
    await page.keyboard.press(key);
    await page.keyboard.up("Control");
  }
  await page.keyboard.type(query);
  await page.keyboard.press("Escape");
  await page.click("#editor .yasqe_queryButton");
  await page.waitForSelector("#editor .yasr table tbody td", { timeout: 15000 });
  told.rows = await page.$$eval("#editor .yasr table tbody tr", (rows) => rows.map((row) => row.innerText.trim()));
  told.warnings = await page.$$eval(".warning", (warnings) => warnings.map((warning) => warning.innerText.trim()));
  told.formHidden = await page.$eval("#plain", (form) => form.hidden);
} catch (error) {
  told.complaints.push(String(error));
} finally {
  const pages = await browser.pages();
  if (picture) await pages.at(-1).screenshot({ path: picture, fullPage: true });
  await browser.close();
}
told.others = told.requests.filter((each) => !/^\w+ (data:|blob:)/.test(each) && !each.includes(` ${address}/`));
console.log(JSON.stringify(told));
