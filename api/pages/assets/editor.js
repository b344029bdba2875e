// Puts the editor in the place of the plain form. Without this script, or if it fails, the form is there and works.
"use strict";

(() => {
  const place = document.getElementById("editor");
  const form = document.getElementById("plain");
  if (!place || !form || typeof Yasgui === "undefined") return;

  // Names and prefixes come from elsewhere in the packaged defaults; here nothing but this server is asked.
  const offline = ["variables", "prefixes"];
  const completers = Yasgui.Yasqe.defaults.autocompleters.filter((name) => offline.includes(name));
  const text = form.elements.query.value;
  const asked = new URLSearchParams(location.search).has("query");
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
  if (asked || !tab.getQuery()) tab.setQuery(text);

  // What the server has shown for a query in the address is replaced by what is run next.
  yasgui.on("query", () => document.querySelectorAll("[data-shown]").forEach((each) => each.remove()));

  function shareable(query) {
    return `${location.origin}${location.pathname}?${new URLSearchParams({ query })}`;
  }
})();
