// Searches as a person does: types words on the first page and follows the first that is offered; prints what is seen.
// node walk.js URL WORDS BROWSER [SCREENSHOT]
import puppeteer from "puppeteer-core";

const [address, words, executablePath, picture] = process.argv.slice(2);
const seen = { requests: [], complaints: [], offered: [], others: [] };
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on("request", (request) => seen.requests.push(`${request.method()} ${request.url()}`));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  await page.goto(`${address}/`, { waitUntil: "networkidle0" });
  await page.click("form.search input[type=search]");
  await page.keyboard.type(words);
  await page.waitForSelector(".suggestions li a", { timeout: 15000 });
  seen.offered = await page.$$eval(".suggestions li", (items) => items.map((item) => item.innerText.trim()));
  if (picture) await page.screenshot({ path: picture });
  await Promise.all([page.waitForNavigation({ waitUntil: "networkidle0" }), page.click(".suggestions li a")]);
  seen.path = new URL(page.url()).pathname;
  seen.text = await page.$eval("main", (main) => main.innerText);
} catch (error) {
  seen.complaints.push(String(error));
} finally {
  await browser.close();
}
seen.others = seen.requests.filter((each) => !/^\w+ (data:|blob:)/.test(each) && !each.includes(` ${address}/`));
console.log(JSON.stringify(seen));
