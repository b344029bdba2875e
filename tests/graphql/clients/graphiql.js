// Opens GraphiQL, runs its first example, and prints the hosts contacted and the errors.
import puppeteer from "puppeteer-core";

const [url, executablePath] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
const hosts = new Set();
const problems = [];
page.on("request", (request) => hosts.add(new URL(request.url()).host));
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
page.on("pageerror", (error) => problems.push(error.message));
await page.goto(url, { waitUntil: "networkidle0" });
await page.waitForSelector(".graphiql-execute-button");
await page.click(".graphiql-execute-button");
await page.waitForFunction(() => document.querySelector(".graphiql-response")?.innerText.includes("zones"), {
  timeout: 30000,
});
const shown = await page.$eval(".graphiql-response", (element) => element.innerText);
await browser.close();
console.log(JSON.stringify({ hosts: [...hosts].filter(Boolean), problems, shown: shown.slice(0, 200) }));
