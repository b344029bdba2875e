// Asks a question as a person does: types names into its form, chooses with the keyboard, reads the answer.
// node ask.js URL BROWSER PATH FIELD=WORDS...
import puppeteer from "puppeteer-core";

const [address, executablePath, path, ...fields] = process.argv.slice(2);
const seen = { requests: [], complaints: [], others: [], chosen: {} };
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage();
  page.on("request", (request) => seen.requests.push(`${request.method()} ${request.url()}`));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  await page.goto(`${address}${path}`, { waitUntil: "networkidle0" });
  for (const [field, words] of fields.map((each) => each.split("="))) {
    await page.type(`#p-${field}`, words);
    await page.waitForSelector(`#p-${field}-suggestions [role=option]`, { visible: true, timeout: 15000 });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    seen.chosen[field] = await page.$eval(`#p-${field}`, (input) => [input.value, input.getAttribute("aria-expanded")]);
  }
  await Promise.all([page.waitForNavigation({ waitUntil: "networkidle0" }), page.click("form.question button")]);
  seen.answer = await page.$eval(".truth", (answer) => answer.innerText);
} catch (error) {
  seen.complaints.push(String(error));
} finally {
  await browser.close();
}
seen.others = seen.requests.filter((each) => !/^\w+ (data:|blob:)/.test(each) && !each.includes(` ${address}/`));
console.log(JSON.stringify(seen));
