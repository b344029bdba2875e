"""Exports: quads as text in a stable order, so that the same data gives the same bytes."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.jsonld_context import PREFIXES

EXPORTS = {
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}


_WITH_PREFIXES = (ox.RdfFormat.TRIG, ox.RdfFormat.TURTLE)


def serialize_export(quads: Iterable[ox.Quad], format_: ox.RdfFormat, base_iri: str) -> bytes:
    """The quads, sorted by graph, subject, predicate and object; a syntax without graphs has the triples alone."""
    ordered = sorted(quads, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)))
    statements = ordered if format_.supports_datasets else [quad.triple for quad in ordered]
    if format_ not in _WITH_PREFIXES:
        return ox.serialize(statements, format=format_) or b""
    return _settled(ox.serialize(statements, format=format_, prefixes=_prefixes(base_iri)) or b"")


def _settled(text: bytes) -> bytes:
    """The text with its prefixes in alphabetical order: the serialiser writes them in a new order each time."""
    lines = text.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if not line.startswith(b"@prefix")), len(lines))
    return b"".join([*sorted(lines[:count]), *lines[count:]])


def _prefixes(base_iri: str) -> dict[str, str]:
    kinds = ("actor", "count", "incident", "passage", "place", "proposition", "selector", "source", "statement", "zone")
    return PREFIXES | {kind: f"{base_iri}id/{kind}/" for kind in kinds} | {"graph": f"{base_iri}graph/"}
