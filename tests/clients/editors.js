// Runs a question of the catalogue in both editors and prints what they show. node editors.js URL BROWSER [SCREENSHOTS]
import puppeteer from "puppeteer-core";

const [address, executablePath, pictures] = process.argv.slice(2);
const seen = { requests: [], complaints: [], others: [] };
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });

async function open(path) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on("request", (request) => seen.requests.push(`${request.method()} ${request.url()}`));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  await page.goto(`${address}${path}`, { waitUntil: "networkidle0" });
  return page;
}

async function runSparql() {
  const page = await open("/sparql");
  await page.waitForSelector("#editor .CodeMirror");
  await page.click("#questions summary");
  await page.click('#questions a[href*="who-declared-which-zone"]');
  await page.waitForFunction(() => document.querySelectorAll("#editor .tabsList .tab:not(.addTab)").length === 2);
  await page.click("#editor .tabPanel.active .yasqe_queryButton");
  await page.waitForFunction(() => [...document.querySelectorAll("#editor .tabPanel.active a.iri")].some((link) => link.textContent === "Russia"), { timeout: 15000 });
  seen.tab = await page.$eval("#editor .tabsList .tab.active", (tab) => tab.innerText.trim());
  seen.links = await page.$$eval("#editor .tabPanel.active a.iri", (links) => links.map((link) => [link.textContent, link.getAttribute("href"), link.title]));
  if (pictures) await page.screenshot({ path: `${pictures}/sparql.png`, fullPage: true });
}

async function runGraphql() {
  const page = await open("/graphql#/questions/does-zone-cover-place?zone=zone%2Feast-ghouta&place=ein-tarma");
  await page.waitForSelector(".graphiql-query-editor .view-line");
  await page.waitForFunction(() => document.querySelectorAll(".graphiql-tab").length === 2, { timeout: 15000 });
  seen.linked = await runActive(page);
  await page.click('button[aria-label="Show Questions"]');
  await page.waitForSelector(".questions-list button");
  seen.offered = await page.$$eval(".questions-list button", (buttons) => buttons.map((button) => button.textContent));
  await page.evaluate(() => [...document.querySelectorAll(".questions-list button")].find((button) => button.textContent.startsWith("Who calls whom")).click());
  await page.waitForFunction(() => document.querySelectorAll(".graphiql-tab").length === 3);
  seen.chosen = await runActive(page);
  if (pictures) await page.screenshot({ path: `${pictures}/graphql.png` });
}

/** The answer to the request that the button runs. */
async function runActive(page) {
  const isAnswer = (response) => response.url() === `${address}/graphql` && response.request().postData()?.includes("question(name");
  const [response] = await Promise.all([page.waitForResponse(isAnswer, { timeout: 15000 }), page.click(".graphiql-execute-button")]);
  return response.json();
}

try {
  await runSparql();
  await runGraphql();
} catch (error) {
  seen.complaints.push(String(error));
  if (pictures) await (await browser.pages()).at(-1).screenshot({ path: `${pictures}/failed.png` });
} finally {
  await browser.close();
}
seen.others = seen.requests.filter((each) => !/^\w+ (data:|blob:)/.test(each) && !each.includes(` ${address}/`));
console.log(JSON.stringify(seen));
