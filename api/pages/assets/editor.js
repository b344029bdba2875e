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

  // The next query removes the result that the server rendered for the query in the URL.
  yasgui.on("query", () => document.querySelectorAll("[data-shown]").forEach((element) => element.remove()));

  function shareable(query) {
    return `${location.origin}${location.pathname}?${new URLSearchParams({ query })}`;
  }
})();
