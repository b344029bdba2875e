// GraphiQL for the /graphql endpoint of the server of the page, with the examples embedded in the page.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./page.css";

const workers = { graphql: "graphql.worker.js", json: "json.worker.js" };
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(`/static/graphiql/${workers[label] ?? "editor.worker.js"}`),
};

const place = document.getElementById("graphiql");
const examples = JSON.parse(place.dataset.examples);
const fetcher = createGraphiQLFetcher({ url: "/graphql" });
const tabs = examples.map(({ query, variables }) => ({ query, variables: JSON.stringify(variables, null, 2) }));

createRoot(place).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={tabs.length ? tabs : undefined}
    defaultQuery={"# Ask for what you need; Ctrl+Enter runs it.\n{ zones { nodes { prefLabel } } }\n"}
    shouldPersistHeaders={false}
  />,
);
