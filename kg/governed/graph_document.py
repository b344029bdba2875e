"""The body of a write of one home graph, as a document: a dossier in YAML, or RDF.

Owns which media types are read, and that nothing in the body is about another graph. Judges nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.errors import Finding, InputRejectedError, SourceLocation, UnsupportedMediaTypeError
from kg.governed.interface import ACCEPTED_MEDIA_TYPES, YAML_MEDIA_TYPES
from kg.ingest.canonicalization import IndistinguishableNodesError
from kg.ingest.documents import Document, locate_file, skolemize
from kg.ingest.ingestor import Ingestor
from kg.rdf_formats import DATASET_SYNTAXES, RdfSyntax
from kg.rdf_reader import read_quads
from kg.store.interface import Queryable
from kg.update.graph_body import ACCEPTED, media_type_of, parse_triples

_DATASETS: Mapping[str, RdfSyntax] = {syntax.media_type: syntax for syntax in DATASET_SYNTAXES}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']*)""", re.IGNORECASE)
_SHOWN = 3


def read_graph_document(
    ingestor: Ingestor, store: Queryable, graph: ox.NamedNode, content_type: str, content: bytes
) -> Document:
    """The document, with all its quads in ``graph``.

    Raises UnsupportedMediaTypeError, GraphSyntaxError, or InputRejectedError for what does not conform.
    """
    media_type = media_type_of(content_type)
    check_charset(content_type, ACCEPTED_MEDIA_TYPES)
    if media_type in YAML_MEDIA_TYPES:
        return _read_dossier(ingestor, store, graph, content)
    if media_type in _DATASETS:
        quads: Iterable[ox.Quad] = read_quads(content, _DATASETS[media_type], graph.value)
    elif media_type in ACCEPTED:
        triples = parse_triples(content_type, content, graph.value)
        quads = (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
    else:
        raise UnsupportedMediaTypeError("a graph", ACCEPTED_MEDIA_TYPES)
    name = graph.value.rpartition("/")[2]
    placed = list(_place(quads, graph, name))
    try:
        return Document(name, frozenset(skolemize(placed, ingestor.base_iri)), locate_file(name))
    except IndistinguishableNodesError as error:
        cure = "Give them names: an IRI instead of [ ] or _:label, or something different said of each"
        message = f"{len(error.nodes):,} blank nodes cannot be told apart"
        raise InputRejectedError([Finding(message, cure, SourceLocation(name), rule="blank-nodes")]) from None


def check_charset(content_type: str, accepted: Sequence[str]) -> None:
    """Raises UnsupportedMediaTypeError: all these syntaxes are UTF-8, and RDF/XML says what it is itself."""
    charset = _CHARSET.search(content_type)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaTypeError(f"a body in UTF-8, not {charset[1] or 'an empty charset'},", accepted)


def _read_dossier(ingestor: Ingestor, store: Queryable, graph: ox.NamedNode, content: bytes) -> Document:
    name = f"{graph.value.rpartition('/')[2]}.yaml"
    (document,) = ingestor.read_all([(name, content)], store)
    if document.graphs not in ([graph], []):
        own = document.graphs[0].value
        cure = f"Send it to {own}, or give it the id of this one"
        message = f"the dossier is {own}, not {graph.value}"
        raise InputRejectedError([Finding(message, cure, document.locate(own, ""), own, "home-graph")])
    return document


def _place(quads: Iterable[ox.Quad], graph: ox.NamedNode, name: str) -> Iterable[ox.Quad]:
    """The quads in the graph. Raises InputRejectedError for those of another graph, and for triple terms."""
    others: set[str] = set()
    for quad in quads:
        if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
            cure = "Write plain RDF 1.1: a statement about a triple is a ck:Statement about a proposition"
            finding = Finding("a triple term of RDF 1.2", cure, SourceLocation(name), rule="rdf-1.1")
            raise InputRejectedError([finding])
        if quad.graph_name not in (graph, ox.DefaultGraph()):
            others.add(str(quad.graph_name))
        else:
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    if others:
        shown = ", ".join(sorted(others)[:_SHOWN])
        cure = "Send each graph to its own address, or load all of them together (POST /load, kg load)"
        finding = Finding(f"triples of another graph: {shown}", cure, SourceLocation(name), rule="home-graph")
        raise InputRejectedError([finding])
