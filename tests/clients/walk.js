// Walks through the pages as a person does, and prints what is seen: types words on the first page and opens the first
// that is offered, goes from its answer to the statement, from a list to an incident, compares its sources, and
// downloads the table.
// node walk.js URL BROWSER WORDS INCIDENT [FOLDER]: INCIDENT is a part of its name; screenshots are put in FOLDER.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [address, executablePath, words, incident, folder] = process.argv.slice(2);
const seen = { complaints: [], others: [] };
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${address}/`)) seen.others.push(request.url());
  });
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));

  const look = async (name) => {
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
    return page.$eval("main", (main) => main.innerText);
  };
  const follow = async (element) => {
    if (!element) throw new Error(`there is no such link on ${page.url()}`);
    await Promise.all([page.waitForNavigation({ waitUntil: "networkidle0" }), element.click()]);
  };
  const linkWith = async (text, within = "main a") => {
    for (const link of await page.$$(within)) {
      if ((await link.evaluate((element) => element.innerText)).includes(text)) return link;
    }
    return null;
  };

  await page.goto(`${address}/`, { waitUntil: "networkidle0" });
  await page.click("form.search input[type=search]");
  await page.keyboard.type(words);
  await page.waitForSelector(".suggestions li a", { timeout: 15000 });
  seen.offered = await page.$$eval(".suggestions li", (items) => items.map((item) => item.innerText.trim()));
  await look("offered");
  await follow(await page.$(".suggestions li a"));
  seen.path = new URL(page.url()).pathname;
  seen.place = await look("place");
  seen.answer = await page.$$eval("main p", (items) => items.map((item) => item.innerText).find((text) => text.includes("UNDETERMINED")));
  await follow(await linkWith("EA WorldView", "main p a[href*='/id/statement/']"));
  seen.statement = await look("statement");

  await page.goto(`${address}/`, { waitUntil: "networkidle0" });
  await follow(await page.$("main a[href$='/incidents'], header a[href$='/incidents']"));
  await follow(await linkWith(incident, "main a[href*='/id/incident/']"));
  seen.incident = await look("incident");
  await follow(await linkWith("Compare"));
  const sources = await page.$$("input[type=checkbox][name=source]");
  const boxes = sources.length > 1 ? sources : (await page.$$("input[type=checkbox][name=speaker]")).slice(0, 2);
  await page.$$eval("details", (items) => items.forEach((item) => (item.open = true)));
  for (const box of boxes) {
    if (!(await box.evaluate((element) => element.checked))) await box.click();
  }
  await follow(await page.$("form[action$='/compare'] button"));
  seen.columns = await page.$eval("table.compared thead", (head) => [...head.querySelectorAll("th")].map((cell) => cell.innerText));
  seen.comparison = await look("comparison");
  const saved = await mkdtemp(join(tmpdir(), "walk-"));
  const downloads = await browser.target().createCDPSession();
  await downloads.send("Browser.setDownloadBehavior", { behavior: "allowAndName", downloadPath: saved, eventsEnabled: true });
  const completed = new Promise((resolve) => {
    downloads.on("Browser.downloadProgress", ({ guid, state }) => state === "completed" && resolve(join(saved, guid)));
  });
  await (await linkWith("CSV")).click();
  seen.table = (await readFile(await completed)).toString("utf8");
  await rm(saved, { recursive: true });
} catch (error) {
  seen.complaints.push(String(error));
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
