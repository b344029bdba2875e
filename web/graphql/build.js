// One script, one stylesheet and the workers of the editor, in the folder given.
import { build } from "esbuild";

const outdir = process.argv[2];
if (!outdir) throw new Error("usage: node build.js FOLDER");
const common = { bundle: true, minify: true, outdir, logLevel: "warning", legalComments: "none", target: "es2022" };
const loader = { ".ttf": "dataurl", ".woff": "dataurl", ".woff2": "dataurl" };
const define = { "process.env.NODE_ENV": '"production"' };

await build({ ...common, entryPoints: { graphiql: "graphiql.jsx" }, format: "iife", jsx: "automatic", loader, define });
await build({
  ...common,
  format: "iife",
  define,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
});
