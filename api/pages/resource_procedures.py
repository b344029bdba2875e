"""Procedures that describe a resource or a home graph, as a page or as RDF, and that suggest names.

Owns what each is computed from. What a description contains is for ``kg.views``, what a page shows of it for
``api.pages.resource_page``, paths and negotiation for the router.
"""

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from api.http.links import local_path
from api.pages.citation_formats import CITATION_FORMATS
from api.pages.paging import describe_paging, paging_facts
from api.pages.render import QUERIES
from api.pages.replies import bounded_reply, document_reply, page_reply, rdf_reply
from api.pages.resource_page import common_values, list_contents, select_template
from api.pages.sources import PageSources
from kg.errors import UnknownNameError
from kg.execution.interface import Call
from kg.execution.procedure import Procedure, Reply
from kg.nearest_names import nearest_names
from kg.rdf_formats import JSON_LD, RDF_BY_SUFFIX
from kg.store.interface import Store
from kg.store.names import find_nearest
from kg.store.query_template import QueryTemplate, text_of
from kg.store.speakers import attribute_ids
from kg.views.citation import WRITERS, cite
from kg.views.compact_json import CompactTerms, write_compact
from kg.views.description import collect_page, describe_for_page
from kg.views.facts import read_facts
from kg.views.home_graph import describe_graph
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder

RESOURCE_PAGE = "resource-page"
"""Arguments: ``iri``, ``kind`` and ``slug`` for the error, ``data_paths`` by suffix, ``day`` of the citation."""
RESOURCE_DATA = "resource-data"
"""Arguments: ``iri``, ``kind``, ``slug``, ``suffix``, ``media_type``, ``page``; ``document``, the address of all."""
CITATION = "citation"
"""How a resource is cited. Arguments: ``iri``, ``kind``, ``slug``, ``day``, ``format`` and its ``media_type``."""
GRAPH_PAGE = "graph-page"
"""Arguments: ``slug``. Raises UnknownNameError for a graph without quads, as ``GRAPH_DATA`` does."""
GRAPH_DATA = "graph-data"
"""Called by ``call_graph_data``."""
UNKNOWN_RESOURCE = "unknown-resource"
"""Raises UnknownNameError with the nearest names. Arguments: ``prefix``, ``kind``, ``slug``."""
UNKNOWN_GRAPH = "unknown-graph"
"""The same for a home graph. Arguments: ``slug``."""

_SLUGS = QueryTemplate.read(QUERIES / "resource-slugs.rq")
_FORMAT_LABELS = {suffix: syntax.label for suffix, syntax in RDF_BY_SUFFIX.items()}
_LISTED_GRAPHS = 20
_BOUNDS = Bounds(listed=12, quads=4_000, references=450)
_SOURCE_BOUNDS = Bounds()
"""Of a source more: its page has the statements in the order of its text."""
_LINKS_DEPTH = 4
"""A link between statements is named by what both say."""
_GRAPH_BOUNDS = Bounds(listed=200, quads=15_000)


def call_graph_data(graph: str, suffix: str, media_type: str) -> Call:
    """The call for the content of the graph of this IRI, in the syntax of the suffix."""
    return Call(procedure=GRAPH_DATA, arguments={"graph": graph, "suffix": suffix, "media_type": media_type})


class ResourceProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources
        self._terms = CompactTerms(sources.class_index, sources.settings.base_iri)

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {
            RESOURCE_PAGE: self._resource_page,
            RESOURCE_DATA: self._resource_data,
            CITATION: self._citation,
            GRAPH_PAGE: self._graph_page,
            GRAPH_DATA: self._graph_data,
            UNKNOWN_RESOURCE: _raise_unknown_resource,
            UNKNOWN_GRAPH: self._raise_unknown_graph,
        }

    def _resource_page(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        builder = self._describe(store, arguments)
        about = builder.description
        template, values = select_template(builder, store, self._sources.catalogue, self._sources.settings.base_iri)
        values |= common_values(builder, about.focus)
        data_paths = arguments["data_paths"]
        cited = cite(builder, store.version, arguments["day"])
        cite_forms = [(CITATION_FORMATS[name].label, write(cited), name) for name, write in WRITERS.items()]
        page = self._sources.renderer.render(
            template, data_paths=data_paths, format_labels=_FORMAT_LABELS, cite_forms=cite_forms, **values
        )
        return page_reply(page, read_facts(about.quads, about.focus))

    def _citation(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        builder = self._describe(store, arguments)
        text = WRITERS[arguments["format"]](cite(builder, store.version, arguments["day"]))
        facts = read_facts(builder.description.quads, builder.description.focus)
        return document_reply(text.encode(), arguments["media_type"], facts)

    def _describe(self, store: Store, arguments: Mapping[str, Any]) -> ViewBuilder:
        """The builder for a description within bounds; of a statement, with the statements that it names."""
        bounds = _SOURCE_BOUNDS if arguments["kind"] == "source" else _BOUNDS
        about = describe_for_page(store, self._sources.class_index, arguments["iri"], bounds)
        if about is None:
            raise UnknownNameError(arguments["kind"], arguments["slug"])
        return view_builder(store, self._sources.class_index, self._sources.archive, about)

    def _resource_data(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        page = collect_page(store, self._sources.class_index, arguments["iri"], arguments["page"])
        if page is None:
            raise UnknownNameError(arguments["kind"], arguments["slug"])
        if not page.quads:
            raise UnknownNameError("page", str(page.number), [f"1 to {page.count}"])
        quads = [*page.quads, *describe_paging(page, arguments["document"])]
        syntax = RDF_BY_SUFFIX[arguments["suffix"]]
        facts = {**read_facts(page.quads, arguments["iri"]), **paging_facts(page)}
        max_mb = self._sources.settings.result_max_mb
        if syntax is JSON_LD and (document := write_compact(self._terms, quads, arguments["iri"])) is not None:
            return bounded_reply(document, syntax, arguments["media_type"], max_mb, facts)
        return rdf_reply(quads, syntax, arguments["media_type"], max_mb, facts)

    def _graph_page(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        graph = self._name_graph(arguments["slug"])
        contents = describe_graph(store, self._sources.class_index, graph, _GRAPH_BOUNDS)
        if not contents.description.quads:
            raise self._unknown_graph(store, arguments["slug"])
        index, archive = self._sources.class_index, self._sources.archive
        builder = view_builder(store, index, archive, contents.description, max_depth=_LINKS_DEPTH)
        path = local_path(graph.value, self._sources.settings.base_iri)
        page = self._sources.renderer.render(
            "resource-graph.html",
            data_paths={suffix: f"{path}?format={suffix}" for suffix in RDF_BY_SUFFIX},
            format_labels=_FORMAT_LABELS,
            contents=list_contents(builder, contents.counts),
            **common_values(builder, graph.value),
        )
        return page_reply(page, read_facts(contents.description.quads, graph.value))

    def _graph_data(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        quads = list(store.quads(ox.NamedNode(arguments["graph"])))
        if not quads:
            raise UnknownNameError("graph", arguments["graph"])
        syntax, max_mb = RDF_BY_SUFFIX[arguments["suffix"]], self._sources.settings.result_max_mb
        return rdf_reply(quads, syntax, arguments["media_type"], max_mb, read_facts(quads, arguments["graph"]))

    def _name_graph(self, slug: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self._sources.settings.base_iri}graph/{slug}")

    def _raise_unknown_graph(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        raise self._unknown_graph(store, arguments["slug"])

    def _unknown_graph(self, store: Store, slug: str) -> UnknownNameError:
        """The error, with all names of home graphs if they are few, else the nearest."""
        prefix = f"{self._sources.settings.base_iri}graph/"
        known = [graph.value.removeprefix(prefix) for graph in store.graphs() if graph.value.startswith(prefix)]
        return UnknownNameError(
            "home graph", slug, known if len(known) <= _LISTED_GRAPHS else nearest_names(slug, known)
        )


def _raise_unknown_resource(store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    prefix, slug = arguments["prefix"], arguments["slug"]
    rows = _SLUGS.select_each(store, [ox.Literal(prefix)]).rows
    nearest = find_nearest(store, [text_of(row["thing"]) for row in rows], slug)
    known = attribute_ids(store, {iri: iri.removeprefix(prefix) for iri in nearest})
    raise UnknownNameError(arguments["kind"], slug, known)
