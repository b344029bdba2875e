// graphql-codegen, from the URL of the server and the packaged documents; prints the types.
import { generate } from "@graphql-codegen/cli";

const [url, documents] = process.argv.slice(2);
const [file] = await generate(
  {
    schema: url,
    documents,
    generates: { "types.ts": { plugins: ["typescript", "typescript-operations"] } },
    silent: true,
  },
  false,
);
console.log(file.content);
