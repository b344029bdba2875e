// Names for the IRIs of a result: neutral ones, by which things are identified. What somebody calls a thing is no such name.
"use strict";

// Of the server, which may be below a path.
const ROOT = new URL("../", document.currentScript.src).pathname;

/** The names that an endpoint has; base: that of the IRIs which this server describes. */
function ResourceNames(endpoint, base) {
  const MAX = 500;
  const SAFE = /^https?:[^\s<>"{}|\\^`]+$/;
  const PROPERTIES = [
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://purl.org/dc/terms/title",
    "http://www.w3.org/2000/01/rdf-schema#label",
  ];
  const names = new Map();

  /** Fetches the names of the first of these that are not known, in one request; whether there are any. */
  this.fetch = async (iris) => {
    const wanted = [...new Set(iris)].filter((iri) => SAFE.test(iri) && !names.has(iri)).slice(0, MAX);
    if (!wanted.length) return false;
    const bound = (values) => values.map((value) => `<${value}>`).join(" ");
    const query = `SELECT ?iri ?property ?name { VALUES ?property { ${bound(PROPERTIES)} } VALUES ?iri { ${bound(wanted)} } ?iri ?property ?name }`;
    try {
      const headers = { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json" };
      const response = await fetch(endpoint, { method: "POST", headers, body: query });
      if (!response.ok) return false;
      const { bindings } = (await response.json()).results;
      bindings.sort((one, other) => rank(one) - rank(other));
      for (const { iri, name } of bindings) if (!names.has(iri.value)) names.set(iri.value, name);
      return bindings.length > 0;
    } catch {
      return false;
    }
  };

  /** A link to the page of a resource, under its name if it has one. */
  this.link = (iri, prefixes) => {
    const link = document.createElement("a");
    const name = names.get(iri);
    link.className = "iri";
    link.title = iri;
    link.dir = "auto";
    link.textContent = name?.value ?? shorten(iri, prefixes);
    if (name?.["xml:lang"]) link.lang = name["xml:lang"];
    if (base && iri.startsWith(base)) link.href = ROOT + iri.slice(base.length);
    else if (SAFE.test(iri)) link.href = iri;
    return link;
  };

  /** By property, then English or no language before others. */
  function rank({ property, name }) {
    const language = name["xml:lang"] ?? "";
    return 10 * PROPERTIES.indexOf(property.value) + (language.startsWith("en") ? 0 : language ? 2 : 1);
  }

  function shorten(iri, prefixes) {
    if (base && iri.startsWith(`${base}id/`)) return iri.slice(`${base}id/`.length);
    const [prefix, namespace] = Object.entries(prefixes).find(([, start]) => iri.startsWith(start)) ?? [];
    return namespace ? `${prefix}:${iri.slice(namespace.length)}` : `<${iri}>`;
  }
}
