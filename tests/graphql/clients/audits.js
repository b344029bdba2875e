// Prints the failed audits of graphql-http, of all levels, as JSON.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const failed = results.filter(({ status }) => status !== "ok").map(({ id, name, reason }) => ({ id, name, reason }));
console.log(JSON.stringify({ count: results.length, failed }));
