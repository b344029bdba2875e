// Comunica, given only the endpoint. node comunica.js ENDPOINT SELECT CONSTRUCT
import { QueryEngine } from "@comunica/query-sparql";

const [endpoint, select, construct] = process.argv.slice(2);
const engine = new QueryEngine();
const context = { sources: [{ type: "sparql", value: endpoint }] };
const rows = await (await engine.queryBindings(select, context)).toArray();
const triples = await (await engine.queryQuads(construct, context)).toArray();
const truth = await engine.queryBoolean("ASK {}", context);
// Without a type, the engine detects the kind of source at the URL.
const found = { sources: [endpoint] };
const same = await (await engine.queryBindings(select, found)).toArray();
if (same.length !== rows.length) throw new Error(`${same.length} rows by discovery, ${rows.length} by type`);
const error = await fetch(`${endpoint}?query=nonsense`).then(async (answer) => (await answer.json()).detail);
console.log(JSON.stringify({ rows: rows.length, triples: triples.length, truth, error }));
