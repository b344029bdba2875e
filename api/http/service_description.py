"""The service description of ``/sparql``: https://www.w3.org/TR/sparql11-service-description/, with VoID counts.

Its fixed part is ``service-description.ttl``; languages, features, formats and graphs are added here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.rdf_formats import GRAPH_SYNTAXES, RDF_SYNTAXES, RESULT_FORMATS
from kg.settings import Settings
from kg.store.interface import Queryable

_TEXT = Path(__file__).with_name("service-description.ttl")
MAX_GRAPHS = 10_000
"""With more named graphs only the size of the default graph is given."""
_RELATIONS = ("Equals", "Disjoint", "Intersects", "Touches", "Crosses", "Within", "Contains", "Overlaps")
_COUNT = "SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_COUNT_UNNAMED = "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }"


@dataclass(frozen=True, slots=True)
class TripleCounts:
    """How many triples there are, by named graph and, in plain mode, in the unnamed one."""

    graphs: dict[str, int]
    unnamed: int | None


def count_triples(store: Queryable, settings: Settings) -> TripleCounts:
    """The counts of a store."""
    rows = store.query(_COUNT)
    assert isinstance(rows, ox.QuerySolutions)
    graphs = {row["graph"].value: int(row["triples"].value) for row in rows if row["graph"] is not None}
    if not settings.plain:
        return TripleCounts(graphs, None)
    rows = store.query(_COUNT_UNNAMED)
    assert isinstance(rows, ox.QuerySolutions)
    return TripleCounts(graphs, int(next(rows)["triples"].value))


def describe_service(
    endpoint: str, settings: Settings, counts: TripleCounts | None, version: str = ""
) -> list[ox.Triple]:
    """The description of the service at that address, over data of that version."""
    fixed = [quad.triple for quad in ox.parse(path=_TEXT, base_iri=endpoint)]
    if version:
        dataset = ox.NamedNode(f"{endpoint}#dataset")
        fixed.append(ox.Triple(dataset, ox.NamedNode(f"{namespaces.OWL}versionInfo"), ox.Literal(version)))
    return [*fixed, *_capabilities(ox.NamedNode(endpoint), settings), *(_graphs(endpoint, counts) if counts else ())]


def _capabilities(service: ox.NamedNode, settings: Settings) -> Iterator[ox.Triple]:
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    for syntax in GRAPH_SYNTAXES if settings.plain else RDF_SYNTAXES:
        yield ox.Triple(service, _sd("inputFormat"), ox.NamedNode(syntax.iri))
    if settings.plain:
        yield ox.Triple(service, _sd("feature"), _sd("EmptyGraphs"))
    else:
        yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for format_ in (*RESULT_FORMATS, *RDF_SYNTAXES):
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(format_.iri))
    if not settings.store:  # which functions a remote engine has, only that engine knows
        for name in _RELATIONS:
            function = ox.NamedNode(f"{namespaces.GEOF}sf{name}")
            yield ox.Triple(service, _sd("extensionFunction"), function)
            yield ox.Triple(function, namespaces.TYPE, _sd("Function"))


def _graphs(endpoint: str, counts: TripleCounts) -> Iterator[ox.Triple]:
    dataset, default = ox.NamedNode(f"{endpoint}#dataset"), ox.NamedNode(f"{endpoint}#default-graph")
    # Every resource is described in one home graph, so that their union repeats no triple.
    total = sum(counts.graphs.values()) if counts.unnamed is None else counts.unnamed
    yield ox.Triple(default, _void("triples"), _integer(total))
    if len(counts.graphs) > MAX_GRAPHS:
        return
    for number, (name, triples) in enumerate(counts.graphs.items()):
        named, graph = (ox.NamedNode(f"{endpoint}#{part}-{number}") for part in ("named", "graph"))
        yield ox.Triple(dataset, _sd("namedGraph"), named)
        yield ox.Triple(named, namespaces.TYPE, _sd("NamedGraph"))
        yield ox.Triple(named, _sd("name"), ox.NamedNode(name))
        yield ox.Triple(named, _sd("graph"), graph)
        yield ox.Triple(graph, namespaces.TYPE, _sd("Graph"))
        yield ox.Triple(graph, _void("triples"), _integer(triples))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(namespaces.SD + name)


def _void(name: str) -> ox.NamedNode:
    return ox.NamedNode(namespaces.VOID + name)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(f"{namespaces.XSD}integer"))
