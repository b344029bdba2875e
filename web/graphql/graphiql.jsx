// GraphiQL for the /graphql endpoint of the server of the page, with the examples and questions embedded in the page.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./page.css";

const workers = { graphql: "graphql.worker.js", json: "json.worker.js" };
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL(workers[label] ?? "editor.worker.js", script)),
};

const script = document.currentScript?.src ?? new URL("/static/graphiql/graphiql.js", location.href).href;
const place = document.getElementById("graphiql");
const { examples, questions } = JSON.parse(place.dataset.documents);
const fetcher = createGraphiQLFetcher({ url: place.dataset.endpoint });
const asked = findAsked(location.hash);

/** The question that the address names after #, /questions/NAME?PARAMETERS, with these parameters. */
function findAsked(hash) {
  const [, name, search] = hash.match(/^#.*\/questions\/([a-z-]+)\??(.*)$/) ?? [];
  const question = questions.find((each) => each.name === name);
  if (!question) return null;
  const parameters = [...new URLSearchParams(search)].map(([key, value]) => ({ name: key, value }));
  return { ...question, variables: { parameters } };
}

function toTab({ query, variables }) {
  return { query, variables: JSON.stringify(variables, null, 2) };
}

/** Opens a document in a further tab. */
function useOpen() {
  const { addTab, setOperationName, updateActiveTabValues } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  return (document) => {
    const tab = toTab(document);
    addTab();
    updateActiveTabValues(tab);
    queryEditor?.setValue(tab.query);
    variableEditor?.setValue(tab.variables);
    // That of the tab before would be sent until the editor has parsed this document.
    setOperationName(tab.query.match(/^(?:query|mutation) (\w+)/m)?.[1]);
  };
}

function QuestionList() {
  const open = useOpen();
  const sections = [
    ["Examples", examples],
    ["Questions of the catalogue", questions],
  ];
  return (
    <section aria-label="Questions">
      {sections.map(([heading, documents]) => (
        <div key={heading}>
          <h2 className="questions-heading">{heading}</h2>
          <ul className="questions-list">
            {documents.map((document) => (
              <li key={document.name}>
                <button type="button" onClick={() => open(document)}>
                  {document.title}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function QuestionIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <circle cx="12" cy="12" r="9.5" />
      <path d="M9.4 9.3a2.7 2.7 0 1 1 3.7 2.5c-.7.3-1.1.9-1.1 1.6v.6" strokeLinecap="round" />
      <circle cx="12" cy="16.9" r="0.6" fill="currentColor" />
    </svg>
  );
}

const QUESTIONS_PLUGIN = { title: "Questions", icon: QuestionIcon, content: QuestionList };

/** Opens the question of the address once the editors are there. */
function OpenAsked() {
  const open = useOpen();
  const isReady = useGraphiQL((state) => Boolean(state.queryEditor && state.variableEditor));
  useEffect(() => {
    if (isReady && asked) open(asked);
  }, [isReady]);
  return null;
}

createRoot(place).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[HISTORY_PLUGIN, QUESTIONS_PLUGIN]}
    defaultTabs={examples.length ? [toTab(examples[0])] : undefined}
    defaultQuery={"# Ask for what you need; Ctrl+Enter runs it.\n{ zones { nodes { prefLabel } } }\n"}
    shouldPersistHeaders={false}
  >
    <OpenAsked />
  </GraphiQL>,
);
