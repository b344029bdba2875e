// Writes one script, one stylesheet, the editor's workers and the notices of all bundled packages to the given folder.
import { build } from "esbuild";
import { join } from "node:path";
import { writeNotices } from "../notices.mjs";

const outdir = process.argv[2];
if (!outdir) throw new Error("usage: node build.js FOLDER");
const common = {
  bundle: true,
  minify: true,
  outdir,
  logLevel: "warning",
  legalComments: "none",
  target: "es2022",
  format: "iife",
  metafile: true,
};
const loader = { ".ttf": "dataurl", ".woff": "dataurl", ".woff2": "dataurl" };
const define = { "process.env.NODE_ENV": '"production"' };

const results = [
  await build({ ...common, entryPoints: { graphiql: "graphiql.jsx" }, jsx: "automatic", loader, define }),
  await build({
    ...common,
    define,
    entryPoints: {
      "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
      "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
      "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    },
  }),
];
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
const folders = inputs.map((path) => path.match(/.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean);
writeNotices(folders, join(outdir, "THIRD-PARTY-NOTICES.txt"));
