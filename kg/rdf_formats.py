"""The RDF syntaxes and SPARQL result formats that are read and written, one row a format.

Owns media types, suffixes, short names and the engine's format for each. Knows nothing of HTTP, files or commands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import FORMATS
from kg.rdf_xml import finish_rdf_xml


@dataclass(frozen=True, slots=True)
class RdfSyntax:
    """A concrete syntax of RDF."""

    label: str
    media_type: str
    suffix: str
    """The file name extension, without its dot."""
    names: tuple[str, ...]
    """Short names that ``format=`` and ``--format`` accept."""
    engine: ox.RdfFormat
    """The parser and serializer."""
    iri: str
    """The format in https://www.w3.org/ns/formats/, for the service description."""
    aliases: tuple[str, ...] = ()
    """Less specific media types under which it is read, and sent to those who name them."""
    has_prefixes: bool = False

    @property
    def has_graphs(self) -> bool:
        """Whether it can write named graphs."""
        return self.engine.supports_datasets


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A format for the solutions of a SELECT, or the boolean of an ASK."""

    label: str
    media_type: str
    suffix: str
    names: tuple[str, ...]
    engine: ox.QueryResultsFormat
    iri: str
    aliases: tuple[str, ...] = ()


TURTLE = RdfSyntax(
    "Turtle", "text/turtle", "ttl", ("turtle", "ttl", "n3"), ox.RdfFormat.TURTLE, f"{FORMATS}Turtle", ("text/n3",), True
)
N_TRIPLES = RdfSyntax(
    "N-Triples",
    "application/n-triples",
    "nt",
    ("n-triples", "ntriples", "nt"),
    ox.RdfFormat.N_TRIPLES,
    f"{FORMATS}N-Triples",
)
RDF_XML = RdfSyntax(
    "RDF/XML",
    "application/rdf+xml",
    "rdf",
    ("rdf+xml", "rdfxml", "rdf", "xml"),
    ox.RdfFormat.RDF_XML,
    f"{FORMATS}RDF_XML",
    ("application/xml",),
    True,
)
JSON_LD = RdfSyntax(
    "JSON-LD",
    "application/ld+json",
    "jsonld",
    ("json-ld", "jsonld", "json"),
    ox.RdfFormat.JSON_LD,
    f"{FORMATS}JSON-LD",
    ("application/json",),
)
TRIG = RdfSyntax("TriG", "application/trig", "trig", ("trig",), ox.RdfFormat.TRIG, f"{FORMATS}TriG", has_prefixes=True)
N_QUADS = RdfSyntax(
    "N-Quads",
    "application/n-quads",
    "nq",
    ("n-quads", "nquads", "nq"),
    ox.RdfFormat.N_QUADS,
    f"{FORMATS}N-Quads",
)
RDF_SYNTAXES = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, TRIG, N_QUADS)
"""In the order in which content negotiation prefers them."""
GRAPH_SYNTAXES = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)
"""Those in which one graph is sent and received; of these JSON-LD can write named graphs too."""
DATASET_SYNTAXES = (TRIG, N_QUADS)
RDF_BY_SUFFIX: Mapping[str, RdfSyntax] = {syntax.suffix: syntax for syntax in RDF_SYNTAXES}

RESULTS_JSON = ResultFormat(
    "SPARQL results in JSON",
    "application/sparql-results+json",
    "srj",
    ("json", "srj"),
    ox.QueryResultsFormat.JSON,
    f"{FORMATS}SPARQL_Results_JSON",
    ("application/json",),
)
RESULTS_XML = ResultFormat(
    "SPARQL results in XML",
    "application/sparql-results+xml",
    "srx",
    ("xml", "srx"),
    ox.QueryResultsFormat.XML,
    f"{FORMATS}SPARQL_Results_XML",
    ("application/xml",),
)
RESULTS_CSV = ResultFormat(
    "CSV", "text/csv", "csv", ("csv",), ox.QueryResultsFormat.CSV, f"{FORMATS}SPARQL_Results_CSV"
)
RESULTS_TSV = ResultFormat(
    "TSV", "text/tab-separated-values", "tsv", ("tsv",), ox.QueryResultsFormat.TSV, f"{FORMATS}SPARQL_Results_TSV"
)
RESULT_FORMATS = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)
BOOLEAN_FORMATS = (RESULTS_JSON, RESULTS_XML)
"""CSV and TSV have no form for the result of an ASK."""


def serialize(
    items: Sequence[ox.Quad] | Sequence[ox.Triple], syntax: RdfSyntax, prefixes: Mapping[str, str] | None = None
) -> bytes:
    """The quads or triples in their order; ``prefixes`` are used where the syntax has them, in alphabetical order.

    Raises NotRepresentableError for what RDF/XML cannot represent.
    """
    if prefixes is None or not syntax.has_prefixes:
        text = ox.serialize(items, format=syntax.engine) or b""
        return finish_rdf_xml(text) if syntax is RDF_XML else text
    text = ox.serialize(items, format=syntax.engine, prefixes=dict(prefixes)) or b""
    return finish_rdf_xml(text) if syntax is RDF_XML else _sort_prefixes(text)


def select_triples(quads: Iterable[ox.Quad]) -> list[ox.Triple]:
    """The distinct triples of the quads, sorted."""
    return sorted({quad.triple for quad in quads}, key=str)


def _sort_prefixes(text: bytes) -> bytes:
    """The Turtle or TriG text with its prefix lines sorted: the serializer does not promise an order."""
    lines = text.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if not line.startswith(b"@prefix")), len(lines))
    return b"".join([*sorted(lines[:count]), *lines[count:]])
