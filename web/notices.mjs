// Collects the licence texts of npm packages into one file. On the command line, for all packages of a node_modules
// folder: node notices.mjs NODE_MODULES FILE
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const LICENCE_FILE = /^(licen[sc]e|copying|notice|third.?party.?notices)/i;
const MIT = readFileSync(new URL("mit-licence.txt", import.meta.url), "utf8");

/** The text for one package: its licence files, or else its declared licence. */
function notice(folder) {
  const { name, version, license, author, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name)).map(({ name }) => name);
  const texts = names.map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (!texts.length) {
    const holder = typeof author === "object" ? author.name : author;
    texts.push(`The package contains no licence file. It declares: ${license}. Author: ${holder ?? "not given"}`);
    if (license === "MIT") texts.push(MIT.trim());
  }
  const title = `${name} ${version} (${license ?? "see below"})${homepage ? `\n${homepage}` : ""}`;
  return [title, ...texts].join("\n\n");
}

/** Writes the notices of the packages in these folders, sorted by folder. */
export function writeNotices(folders, file) {
  const notices = new Set([...new Set(folders)].sort().map(notice));
  const head = "The files in this folder contain code of the following packages.";
  const text = [head, ...notices].join(`\n\n${"-".repeat(80)}\n\n`).replaceAll("\r\n", "\n");
  writeFileSync(file, `${text}\n`);
}

/** The folders of all packages in a node_modules folder, scoped and nested ones included. */
function packageFolders(modules) {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    const folder = join(modules, entry.name);
    if (!entry.isDirectory() || entry.name.startsWith(".")) return [];
    if (entry.name.startsWith("@")) return packageFolders(folder);
    const nested = join(folder, "node_modules");
    return [folder, ...(existsSync(nested) ? packageFolders(nested) : [])];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [modules, file] = process.argv.slice(2);
  if (!file) throw new Error("usage: node notices.mjs NODE_MODULES FILE");
  writeNotices(packageFolders(modules), file);
}
