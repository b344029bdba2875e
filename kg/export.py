"""Exports: quads as text in a stable order, so that the same data gives the same bytes."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.context import PREFIXES

EXPORTS = {
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}


def exported(quads: Iterable[ox.Quad], format_: ox.RdfFormat, base_iri: str) -> bytes:
    """The quads, sorted by graph, subject, predicate and object; a syntax without graphs has the triples alone."""
    ordered = sorted(quads, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)))
    if not format_.supports_datasets:
        return ox.serialize([quad.triple for quad in ordered], format=format_, prefixes=_prefixes(base_iri)) or b""
    return ox.serialize(ordered, format=format_, prefixes=_prefixes(base_iri)) or b""


def _prefixes(base_iri: str) -> dict[str, str]:
    kinds = ("actor", "count", "incident", "passage", "place", "proposition", "selector", "source", "statement", "zone")
    return PREFIXES | {kind: f"{base_iri}id/{kind}/" for kind in kinds} | {"graph": f"{base_iri}graph/"}
