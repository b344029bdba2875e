"""What the data set is, as RDF: DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) for catalogues, and VoID.

One catalog lists a data set with all of the data, and each home graph as a data set of its own, which says its title,
licence and makers itself; these are repeated here. Knows no HTTP: where the server is, is an argument.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.catalog.dump_files import ALL, SUFFIX, Dump, DumpSet
from kg.namespaces import CATALOGUED_DATASET, CK, DCTERMS, OWL, RECORDED_BY, SKOS, TYPE, VOID, XSD, value_of
from kg.rdf_formats import JSON_LD, N_QUADS, TRIG, TURTLE, RdfSyntax
from kg.store.interface import QuadLookup

DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
SPDX = "http://spdx.org/rdf/terms#"
PREFIXES = {"dcat": DCAT, "dcterms": DCTERMS, "foaf": FOAF, "spdx": SPDX, "void": VOID, "owl": OWL, "xsd": XSD}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
TITLE = "conflict-kg: who says what about a conflict, in which source, and who disputes it"
ABSTRACT = (
    "Incidents, actors, places, zones and the statements about them. Nothing contested is given as a fact: each claim"
    " is reached through the statement that makes it, with its speaker, its source, its hedge and its words."
)
_RIGHTS = "Each home graph states its own licence."
_REPEATED = {
    ox.NamedNode(f"{DCTERMS}{name}")
    for name in ("title", "description", "license", "bibliographicCitation", "issued", "modified", "creator")
}
_VERSION_INFO, _RECORDED_BY = ox.NamedNode(f"{OWL}versionInfo"), ox.NamedNode(RECORDED_BY)
_SERVICES = (
    ("sparql", "SPARQL endpoint", "https://www.w3.org/TR/sparql11-protocol/"),
    ("graphql", "GraphQL endpoint", "https://spec.graphql.org/"),
)
_SYNTAXES: Sequence[RdfSyntax] = (TURTLE, TRIG, N_QUADS, JSON_LD)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the data is served."""

    base_iri: str
    """Of the resources; ends in a slash."""
    address: str
    """Of the server, without a slash at its end."""

    @property
    def catalog(self) -> ox.NamedNode:
        """The catalog itself."""
        return ox.NamedNode(f"{self.base_iri}catalog")

    def part(self, name: str) -> ox.NamedNode:
        """A part of the catalog."""
        return ox.NamedNode(f"{self.catalog.value}#{name}")

    def url(self, path: str) -> ox.NamedNode:
        """An address of this server."""
        return ox.NamedNode(f"{self.address}{path}")


def describe_catalog(
    lookup: QuadLookup, graphs: Sequence[ox.NamedNode], site: Site, version: str, dumps: DumpSet | None
) -> list[ox.Triple]:
    """The catalog of these home graphs of the data of this version. ``dumps``: of that version or one before."""
    data = site.part("data")
    by_graph = {dump.graph: dump for dump in dumps.dumps} if dumps else {}
    triples = [
        *_typed(site.catalog, f"{DCAT}Catalog"),
        _text(site.catalog, f"{DCTERMS}title", "conflict-kg", "en"),
        _link(site.catalog, f"{FOAF}homepage", site.url("/")),
        _link(site.catalog, f"{DCAT}dataset", data),
        *_typed(data, *CATALOGUED_DATASET),
        _text(data, f"{DCTERMS}title", TITLE, "en"),
        _text(data, f"{DCTERMS}description", ABSTRACT, "en"),
        _text(data, f"{DCTERMS}rights", _RIGHTS, "en"),
        _text(data, f"{DCAT}version", version),
        *_describe_access(data, site),
    ]
    if dumps and (whole := dumps.find(ALL)):
        triples.append(_number(data, f"{VOID}triples", whole.quads))
        triples += _describe_dump(data, whole, site, dumps.version)
    for service, title, specification in _SERVICES:
        node = site.part(service)
        triples += [
            *_typed(node, f"{DCAT}DataService"),
            _link(site.catalog, f"{DCAT}service", node),
            _text(node, f"{DCTERMS}title", title, "en"),
            _link(node, f"{DCAT}endpointURL", site.url(f"/{service}")),
            _link(node, f"{DCTERMS}conformsTo", ox.NamedNode(specification)),
            _link(node, f"{DCAT}servesDataset", data),
        ]
    for graph in graphs:
        triples += [_link(site.catalog, f"{DCAT}dataset", graph), _link(data, f"{VOID}subset", graph)]
        triples += [_link(data, f"{DCTERMS}hasPart", graph)]
        triples += _describe_graph(lookup, graph, by_graph.get(graph.value), site)
    return triples


def describe_data_set(
    lookup: QuadLookup, graphs: Sequence[ox.NamedNode], site: Site, version: str, dumps: DumpSet | None
) -> list[ox.Triple]:
    """The description of all data in VoID alone (https://www.w3.org/TR/void/), with the graphs as its subsets."""
    void = ox.NamedNode(f"{VOID}DatasetDescription")
    document = ox.NamedNode(f"{site.address}/void.ttl")
    described = describe_catalog(lookup, graphs, site, version, dumps)
    sets = {site.part("data"), *graphs}
    kept = [triple for triple in described if triple.subject in sets and _is_void(triple)]
    primary = _link(document, f"{FOAF}primaryTopic", site.part("data"))
    return [ox.Triple(document, TYPE, void), primary, *kept]


def _is_void(triple: ox.Triple) -> bool:
    names = (VOID, DCTERMS, FOAF)
    if triple.predicate == TYPE:
        return value_of(triple.object).startswith(VOID)
    return triple.predicate.value.startswith(names) and not triple.predicate.value.endswith("hasPart")


def _describe_access(data: ox.NamedNode, site: Site) -> Iterator[ox.Triple]:
    """How all of the data is reached without a dump, and what it is made of."""
    yield _link(data, f"{FOAF}homepage", site.url("/"))
    yield _link(data, f"{VOID}sparqlEndpoint", site.url("/sparql"))
    yield _text(data, f"{VOID}uriSpace", f"{site.base_iri}id/")
    for vocabulary in (CK.removesuffix("#"), SKOS, DCTERMS):
        yield _link(data, f"{VOID}vocabulary", ox.NamedNode(vocabulary))
    for syntax in _SYNTAXES:
        yield _link(data, f"{VOID}feature", ox.NamedNode(syntax.iri))


def _describe_graph(lookup: QuadLookup, graph: ox.NamedNode, dump: Dump | None, site: Site) -> Iterator[ox.Triple]:
    """A home graph as a data set: what it says of itself, and where it is."""
    yield from _typed(graph, *CATALOGUED_DATASET)
    licences = []
    for quad in lookup.match(graph, None, None, graph):
        if quad.predicate in _REPEATED:
            yield quad.triple
        if quad.predicate == _VERSION_INFO:
            yield _text(graph, f"{DCAT}version", value_of(quad.object))
        if quad.predicate == _RECORDED_BY:
            yield ox.Triple(graph, ox.NamedNode(f"{DCTERMS}publisher"), quad.object)
        if quad.predicate.value == f"{DCTERMS}license" and isinstance(quad.object, ox.NamedNode):
            licences.append(quad.object)
    if dump:
        yield _number(graph, f"{VOID}triples", dump.quads)
        yield from _describe_dump(graph, dump, site, dump.graph_version, licences)
    path = graph.value.removeprefix(site.base_iri)
    if path == graph.value or not path.startswith("graph/"):
        return
    for syntax in _SYNTAXES:
        distribution = site.part(f"{path}.{syntax.suffix}")
        yield from _typed(distribution, f"{DCAT}Distribution")
        yield _link(graph, f"{DCAT}distribution", distribution)
        yield _link(distribution, f"{DCAT}accessURL", site.url(f"/{path}?format={syntax.suffix}"))
        yield _link(distribution, f"{DCAT}mediaType", ox.NamedNode(f"{_MEDIA_TYPES}{syntax.media_type}"))
        for licence in licences:
            yield _link(distribution, f"{DCTERMS}license", licence)


def _describe_dump(
    data: ox.NamedNode, dump: Dump, site: Site, version: str, licences: Iterable[ox.NamedNode] = ()
) -> Iterator[ox.Triple]:
    """The file as a distribution of the data set, with its size and checksum."""
    distribution, checksum = site.part(f"{dump.name}.{SUFFIX}"), site.part(f"{dump.name}.{SUFFIX}.sha256")
    address = site.url(f"/dumps/{dump.name}.{SUFFIX}")
    yield from _typed(distribution, f"{DCAT}Distribution")
    yield _link(data, f"{DCAT}distribution", distribution)
    yield _link(data, f"{VOID}dataDump", address)
    yield _link(distribution, f"{DCAT}downloadURL", address)
    yield _link(distribution, f"{DCAT}accessURL", address)
    yield _link(distribution, f"{DCAT}mediaType", ox.NamedNode(f"{_MEDIA_TYPES}{N_QUADS.media_type}"))
    yield _link(distribution, f"{DCAT}compressFormat", ox.NamedNode(f"{_MEDIA_TYPES}application/gzip"))
    yield _number(distribution, f"{DCAT}byteSize", dump.size, "nonNegativeInteger")
    if version:
        yield _text(distribution, f"{DCAT}version", version)
    for licence in licences:
        yield _link(distribution, f"{DCTERMS}license", licence)
    yield _link(distribution, f"{SPDX}checksum", checksum)
    yield from _typed(checksum, f"{SPDX}Checksum")
    yield _link(checksum, f"{SPDX}algorithm", ox.NamedNode(f"{SPDX}checksumAlgorithm_sha256"))
    digest = ox.Literal(dump.sha256, datatype=ox.NamedNode(f"{XSD}hexBinary"))
    yield ox.Triple(checksum, ox.NamedNode(f"{SPDX}checksumValue"), digest)


def _typed(node: ox.NamedNode, *classes: str) -> list[ox.Triple]:
    return [ox.Triple(node, TYPE, ox.NamedNode(class_)) for class_ in classes]


def _link(node: ox.NamedNode, predicate: str, target: ox.NamedNode) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(predicate), target)


def _text(node: ox.NamedNode, predicate: str, text: str, language: str | None = None) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(predicate), ox.Literal(text, language=language))


def _number(node: ox.NamedNode, predicate: str, number: int, datatype: str = "integer") -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(predicate), ox.Literal(str(number), datatype=ox.NamedNode(f"{XSD}{datatype}")))
