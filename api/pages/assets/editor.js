// Replaces the plain form by the query editor. Without this script, or if it fails, the form remains usable.
"use strict";

(() => {
  const place = document.getElementById("editor");
  const form = document.getElementById("plain");
  if (!place || !form || typeof Yasgui === "undefined") return;

  // Other default autocompleters request names and prefixes from third-party servers; only offline ones are used.
  const offline = ["variables", "prefixes"];
  const completers = Yasgui.Yasqe.defaults.autocompleters.filter((name) => offline.includes(name));
  const text = form.elements.query.value;
  const hasQuery = new URLSearchParams(location.search).has("query");
  const endpoint = new URL(place.dataset.endpoint, location.href).href;

  place.hidden = false;
  form.hidden = true;
  const yasgui = new Yasgui(place, {
    autofocus: true,
    copyEndpointOnNewTab: false,
    populateFromUrl: false,
    persistenceId: "conflict-kg",
    requestConfig: { endpoint, method: "POST" },
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    yasqe: { value: text, autocompleters: completers, createShareableLink: (yasqe) => shareable(yasqe.getValue()) },
    yasr: { prefixes: () => yasgui.getTab()?.getYasqe().getPrefixesFromQuery() ?? {}, prefixCCUri: undefined },
  });
  const tab = yasgui.getTab();
  tab.setEndpoint(endpoint);
  if (hasQuery || !tab.getQuery()) tab.setQuery(text);

  // The next query removes the result that the server rendered for the query in the URL, and the warnings of the last.
  const watched = new WeakSet();
  yasgui.on("query", (_, current) => {
    document.querySelectorAll("[data-shown]").forEach((element) => element.remove());
    const yasqe = current.getYasqe();
    if (watched.has(yasqe)) return;
    watched.add(yasqe);
    yasqe.on("queryResponse", (_, response) => showWarnings(response.headers?.get("link") ?? ""));
  });

  /** Shows the warnings that the response links to (RFC 8288), each with its explanation. */
  function showWarnings(links) {
    const pattern = /<([^>]*)>; rel="help"; title(?:="((?:[^"\\]|\\.)*)"|\*=UTF-8''([^,]*))/g;
    for (const [, address, quoted, encoded] of links.matchAll(pattern)) {
      const words = encoded === undefined ? quoted.replace(/\\(.)/g, "$1") : decodeURIComponent(encoded);
      const warning = document.createElement("p");
      const explanation = document.createElement("a");
      warning.className = "warning";
      warning.dataset.shown = "";
      warning.setAttribute("role", "status");
      explanation.href = address;
      explanation.textContent = "Why?";
      warning.append(`${words} `, explanation);
      place.before(warning);
    }
  }

  function shareable(query) {
    return `${location.origin}${location.pathname}?${new URLSearchParams({ query })}`;
  }
})();
