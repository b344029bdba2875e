"""Replies that are pages or RDF documents: chunks, limits, strong entity tags.

Owns the order of what is written, so that the same quads give the same bytes. Does not know what they describe.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from api.pages.render import HTML
from kg import rdf_formats
from kg.errors import QueryLimitError
from kg.execution.procedure import Reply
from kg.execution.result_format import BUFFERED_MAX_BYTES
from kg.namespaces import VOCABULARY_PREFIXES
from kg.rdf_formats import DATASET_SYNTAXES, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, RdfSyntax
from kg.views.reader import ELSEWHERE

CHUNK_BYTES = 65_536


def page_reply(body: bytes, facts: Mapping[str, Any] | None = None) -> Reply:
    """The page; ``facts`` about it are properties of the reply."""
    return document_reply(body, HTML, facts)


def document_reply(body: bytes, media_type: str, facts: Mapping[str, Any] | None = None) -> Reply:
    """The document in chunks, with a strong entity tag of its bytes and media type (RFC 9110, section 8.8.3)."""
    digest = hashlib.sha256(media_type.encode() + b"\0" + body).hexdigest()[:32]
    return Reply(media_type=media_type, body=_split(body), properties={"etag": f'"{digest}"', **(facts or {})})


def rdf_reply(
    quads: Iterable[ox.Quad],
    syntax: RdfSyntax,
    media_type: str,
    max_mb: int,
    facts: Mapping[str, Any] | None = None,
) -> Reply:
    """The quads in TriG or N-Quads, else their triples; sorted. Raises QueryLimitError or NotRepresentableError."""
    return bounded_reply(serialize(quads, syntax), syntax, media_type, max_mb, facts)


def bounded_reply(
    body: bytes, syntax: RdfSyntax, media_type: str, max_mb: int, facts: Mapping[str, Any] | None = None
) -> Reply:
    """The document in that syntax. Raises QueryLimitError where it is too large."""
    if syntax in (RDF_XML, JSON_LD):
        max_mb = min(max_mb, BUFFERED_MAX_BYTES // 1_000_000)
    if len(body) > max_mb * 1_000_000:
        raise QueryLimitError(
            f"stopped: the document in {syntax.label} is larger than {max_mb} MB; use N-Triples or Turtle, {ELSEWHERE}"
        )
    return document_reply(body, media_type, facts)


def serialize(quads: Iterable[ox.Quad], syntax: RdfSyntax) -> bytes:
    """The quads in TriG or N-Quads, else their triples; sorted."""
    if syntax in (N_TRIPLES, N_QUADS):
        return b"".join(_sorted_lines(quads, syntax))
    if syntax in DATASET_SYNTAXES:
        return rdf_formats.serialize(sorted(set(quads), key=_order), syntax, VOCABULARY_PREFIXES)
    return rdf_formats.serialize(rdf_formats.select_triples(quads), syntax, VOCABULARY_PREFIXES)


def _sorted_lines(quads: Iterable[ox.Quad], syntax: RdfSyntax) -> Iterator[bytes]:
    """The lines of N-Triples, or those of N-Quads by graph; an object for each of many quads would cost much more."""
    graphs: dict[str, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        graphs[str(quad.graph_name) if syntax is N_QUADS else ""].append(quad.triple)
    for name, triples in sorted(graphs.items()):
        text = rdf_formats.serialize(triples, N_TRIPLES)
        ending = b" %s .\n" % name.encode() if name.startswith("<") else b" .\n"
        yield from (line + ending for line in sorted({line.removesuffix(b" .") for line in text.splitlines()}))


def _split(body: bytes) -> Iterator[bytes]:
    return (body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES))


def _order(quad: ox.Quad) -> tuple[str, str]:
    return str(quad.graph_name), str(quad.triple)
