"""Procedures for the description of the data set: the catalog as a page and as RDF, VoID, and the sitemap.

How the data set is described is for ``kg.catalog.description``; paths and dumps are for the router.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import pyoxigraph as ox

from api.http.links import local_path
from api.pages.list_page import HEADINGS as LISTS
from api.pages.render import QUERIES
from api.pages.replies import document_reply, page_reply
from api.pages.sources import PageSources
from api.pages.structured_data import describe_data_sets
from kg import namespaces, rdf_formats
from kg.catalog.description import PREFIXES, Site, describe_catalog, describe_data_set
from kg.catalog.dump_files import SUFFIX, DumpSet
from kg.errors import UnknownNameError
from kg.execution.procedure import Procedure, Reply
from kg.rdf_formats import GRAPH_SYNTAXES, RDF_BY_SUFFIX, TURTLE
from kg.store.interface import Store
from kg.store.query_template import QueryTemplate, text_of

CATALOG_DATA = "catalog-data"
"""Arguments: ``address`` of the server, ``dumps`` as ``DumpSet.members`` or None, ``suffix``, ``media_type``."""
CATALOG_PAGE = "catalog-page"
"""Arguments: ``address``, ``dumps``."""
VOID = "void"
"""The same."""
SITEMAP = "sitemap"
"""Arguments: ``address``, ``part``: a number from 0, or None for the index of the parts."""

XML = "application/xml"
SITEMAP_MAX = 25_000
"""Addresses in one part of the map; the protocol (https://www.sitemaps.org) allows 50,000."""
_SITEMAP = QueryTemplate.read(QUERIES / "sitemap.rq")
_SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class CatalogProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {CATALOG_DATA: self._data, CATALOG_PAGE: self._page, VOID: self._void, SITEMAP: self._sitemap}

    def _data(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        triples = describe_catalog(
            store, store.graphs(), self._site(arguments), store.version, _read_dumps(arguments["dumps"])
        )
        return _rdf_reply(triples, arguments["suffix"], arguments["media_type"])

    def _void(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        dumps = _read_dumps(arguments["dumps"])
        triples = describe_data_set(store, store.graphs(), self._site(arguments), store.version, dumps)
        return _rdf_reply(triples, TURTLE.suffix, TURTLE.media_type)

    def _page(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        dumps = _read_dumps(arguments["dumps"])
        by_graph = {dump.graph: dump for dump in dumps.dumps} if dumps else {}
        graphs = [self._list_graph(store, graph) | {"dump": by_graph.get(graph.value)} for graph in store.graphs()]
        page = self._sources.renderer.render(
            "catalog.html",
            structured_data=describe_data_sets(self._site(arguments), store.version, dumps, graphs),
            section="/catalog",
            graphs=graphs,
            whole=by_graph.get(""),
            version=store.version,
            suffix=SUFFIX,
            formats=GRAPH_SYNTAXES,
        )
        return page_reply(page)

    def _list_graph(self, store: Store, graph: ox.NamedNode) -> dict[str, Any]:
        said = {
            quad.predicate.value: namespaces.value_of(quad.object) for quad in store.match(graph, None, None, graph)
        }
        return {
            "iri": graph.value,
            "path": local_path(graph.value, self._sources.settings.base_iri),
            "title": said.get(f"{namespaces.DCTERMS}title", graph.value),
            "description": said.get(f"{namespaces.DCTERMS}description", ""),
            "licence": said.get(f"{namespaces.DCTERMS}license", ""),
            "version": said.get(f"{namespaces.OWL}versionInfo", ""),
        }

    def _sitemap(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        ids = f"{self._sources.settings.base_iri}id/"
        # Statements are reached from the pages of things.
        rows = _SITEMAP.select_each(store, map(ox.NamedNode, self._sources.class_index.things)).rows
        things = {text_of(row["thing"]) for row in rows}
        found = sorted(iri.removeprefix(ids) for iri in things if iri.startswith(ids))
        part, address = arguments["part"], arguments["address"]
        if part is None:
            count = max(1, -(-len(found) // SITEMAP_MAX))
            return _sitemap_reply("sitemapindex", "sitemap", [f"{address}/sitemap/{n}.xml" for n in range(count)])
        listed = found[part * SITEMAP_MAX : (part + 1) * SITEMAP_MAX]
        if not listed and part:
            raise UnknownNameError("part of the sitemap", str(part))
        lists = [f"{address}/{name}" for name in LISTS if not part]
        return _sitemap_reply("urlset", "url", [*lists, *(f"{address}/page/{quote(name)}" for name in listed)])

    def _site(self, arguments: Mapping[str, Any]) -> Site:
        return Site(self._sources.settings.base_iri, arguments["address"])


def _read_dumps(members: Mapping[str, Any] | None) -> DumpSet | None:
    return DumpSet.from_members(members) if members else None


def _sitemap_reply(root: str, element: str, addresses: Iterable[str]) -> Reply:
    lines = "".join(f"<{element}><loc>{escape(address)}</loc></{element}>\n" for address in addresses)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SITEMAP_NAMESPACE}">\n{lines}</{root}>\n'
    return document_reply(text.encode(), XML)


def _rdf_reply(triples: list[ox.Triple], suffix: str, media_type: str) -> Reply:
    ordered = sorted(set(triples), key=str)
    return document_reply(rdf_formats.serialize(ordered, RDF_BY_SUFFIX[suffix], PREFIXES), media_type)
