"""Groups of propositions that say the same: one class, equal roles.

Owns what is compared: everything said of a proposition but the words for its time and the dates derived from it. A part
of it, such as a count, is compared by what is said of the part. Knows no home graphs and no statements.
"""

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.edtf_dates import DERIVED_FROM
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema

_NOT_COMPARED = frozenset({namespaces.WHEN_AS_GIVEN, *DERIVED_FROM})

_Description = frozenset[tuple[ox.NamedNode, object]]


def find_equal_propositions(quads: Iterable[ox.Quad], schema: Schema) -> list[tuple[str, ...]]:
    """The IRIs of propositions that say the same, each group sorted, groups of one left out."""
    classes = ClassIndex(schema)
    quads = list(quads)
    types = {quad.subject: namespaces.value_of(quad.object) for quad in quads if quad.predicate == namespaces.TYPE}
    propositions = _describe(quads, {node for node, type_ in types.items() if type_ in classes.propositions})
    parts = _describe(quads, {node for node, type_ in types.items() if type_ not in classes.independent})
    groups: dict[_Description, list[str]] = defaultdict(list)
    for node, description in propositions.items():
        roles = frozenset((predicate, parts.get(value, value)) for predicate, value in description)
        groups[roles].append(namespaces.value_of(node))
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def _describe(quads: Iterable[ox.Quad], nodes: set[object]) -> dict[object, _Description]:
    """What is said of each of the nodes."""
    said: dict[object, set[tuple[ox.NamedNode, object]]] = defaultdict(set)
    for quad in quads:
        if quad.subject in nodes and quad.predicate not in _NOT_COMPARED:
            said[quad.subject].add((quad.predicate, quad.object))
    return {node: frozenset(pairs) for node, pairs in said.items()}
