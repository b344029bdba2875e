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
  const endpoint = new URL(place.dataset.endpoint, location.href).href;
  const names = new ResourceNames(endpoint, place.dataset.base);

  Yasgui.Yasr.plugins.table.prototype.getUriLinkFromBinding = function (binding, prefixes) {
    return names.link(binding.value, prefixes ?? {}).outerHTML;
  };

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
  if (form.hasAttribute("data-given") || !tab.getQuery()) tab.setQuery(text);

  // The next query removes the result that the server rendered for the query in the URL, and the warnings of the last.
  const watched = new WeakSet();
  yasgui.on("query", (_, current) => {
    document.querySelectorAll("[data-shown]").forEach((element) => element.remove());
    const yasqe = current.getYasqe();
    if (watched.has(yasqe)) return;
    watched.add(yasqe);
    yasqe.on("queryResponse", (_, response) => showWarnings(response.headers?.get("link") ?? ""));
    const yasr = current.getYasr();
    yasr.on("drawn", () => showNames(yasr));
  });

  // The questions of the catalogue open as further tabs.
  document.getElementById("questions")?.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-query]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("details").open = false;
    const response = await fetch(link.dataset.query);
    if (!response.ok) return location.assign(link.href);
    const query = await response.text();
    const opened = yasgui.addTab(true, { name: link.textContent });
    opened.setEndpoint(endpoint);
    opened.setQuery(query);
    place.scrollIntoView();
  });

  const named = new WeakSet();

  /** Shows a result again once the names of its resources are known. */
  async function showNames(yasr) {
    const results = yasr.results;
    if (!results || named.has(results)) return;
    named.add(results);
    const values = (results.getBindings() ?? []).flatMap((binding) => Object.values(binding));
    const iris = values.filter(({ type }) => type === "uri").map(({ value }) => value);
    if ((await names.fetch(iris)) && yasr.results === results) yasr.draw();
  }

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
