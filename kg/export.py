"""Exports: quads as text in a stable order, so that the same data gives the same bytes."""

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg import namespaces
from kg.rdf_formats import RdfSyntax, serialize
from kg.schema.model import Schema


def serialize_export(quads: Iterable[ox.Quad], syntax: RdfSyntax, prefixes: Mapping[str, str]) -> bytes:
    """The quads, sorted by graph, subject, predicate and object; their triples where the syntax has no graphs."""
    ordered = sorted(quads, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)))
    if syntax.has_graphs:
        return serialize(ordered, syntax, prefixes)
    return serialize([quad.triple for quad in ordered], syntax, prefixes)


def export_prefixes(schema: Schema, base_iri: str) -> dict[str, str]:
    """The prefixes of the data and, for each kind of resource, one for its IRIs."""
    kinds = {cls.kind for cls in schema.classes.values() if cls.kind}
    kinds.discard(schema.classes[namespaces.HOME_GRAPH].kind)
    of_resources = {kind: f"{base_iri}id/{kind}/" for kind in sorted(kinds)}
    return namespaces.DATA_PREFIXES | of_resources | {"graph": f"{base_iri}graph/"}
