// sparql-http-client, streaming. node sparql-http-client.js ENDPOINT SELECT CONSTRUCT
import StreamClient from "sparql-http-client";
import ParsingClient from "sparql-http-client/ParsingClient.js";

const [endpointUrl, select, construct] = process.argv.slice(2);
const streaming = new StreamClient({ endpointUrl });
const parsing = new ParsingClient({ endpointUrl });
let rows = 0;
for await (const row of streaming.query.select(select)) rows += Boolean(row);
const triples = [...(await parsing.query.construct(construct))].length;
const truth = await parsing.query.ask("ASK {}");
const posted = await parsing.query.select(select, { operation: "postDirect" });
if (posted.length !== rows) throw new Error(`${posted.length} rows by POST, ${rows} by GET`);
const error = await parsing.query.select("nonsense").then(() => "", String);
console.log(JSON.stringify({ rows, triples, truth, error }));
