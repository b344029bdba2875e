"""Propositions that say the same: one class, equal roles.

Owns what is compared: everything said of a proposition but the words for its time and the dates derived from it. A part
of it, such as a count, is compared by what is said of the part. Candidates share the rarest role, so that the graph is
not read. Knows no home graphs and no statements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.edtf_dates import DERIVED_FROM
from kg.schema.class_index import ClassIndex
from kg.store.interface import Pattern, QuadLookup, Subject

NOT_COMPARED = frozenset({namespaces.WHEN_AS_GIVEN, *DERIVED_FROM})
"""Predicates in which equal propositions may differ."""
MAX_CANDIDATES = 200
"""Propositions that share the rarest role with one; with more, equal ones among them are not looked for."""

Role = tuple[ox.NamedNode, object]
_Description = frozenset[Role]
_Parts = Mapping[object, _Description]
_Quads = Sequence[ox.Quad]


class PropositionComparison:
    """Finds propositions that are equal to given ones in one state of a graph."""

    def __init__(self, graph: QuadLookup, classes: ClassIndex) -> None:
        self._graph, self._classes = graph, classes

    def find_equal(self, propositions: Iterable[Subject]) -> list[tuple[str, ...]]:
        """The IRIs of the given propositions with those that say the same, each group sorted; none of one."""
        groups = set()
        for node, (description, parts) in self._describe(list(propositions)).items():
            shared = {role for role in description if role[1] not in parts}
            candidates = self._describe([node, *self._find_sharing(shared)])
            own = _resolve(description, parts)
            equal = {namespaces.value_of(other) for other, found in candidates.items() if _resolve(*found) == own}
            if len(equal) > 1:
                groups.add(tuple(sorted(equal)))
        return sorted(groups)

    def _find_sharing(self, roles: Set[Role]) -> list[Subject]:
        """Those that share all of these roles, among those that share the rarest."""
        candidates = self._look_up(self._find_by_rarest(role for role in roles if role[0] != namespaces.TYPE))
        return [node for node, quads in candidates.items() if roles <= _compared(quads)]

    def _find_by_rarest(self, roles: Iterable[Role]) -> list[Subject]:
        """What has the role that the fewest have; all roles are read side by side until one is read to its end."""
        patterns: list[Pattern] = [(None, predicate, value) for predicate, value in roles]  # type: ignore[misc]
        readers: list[tuple[Iterator[ox.Quad], list[Subject]]] = [
            (self._graph.match(*pattern), []) for pattern in patterns
        ]
        for _ in range(MAX_CANDIDATES if readers else 0):
            for quads, subjects in readers:
                quad = next(quads, None)
                if quad is None:
                    return subjects
                subjects.append(quad.subject)
        return []

    def _describe(
        self, nodes: Sequence[Subject]
    ) -> Mapping[Subject, tuple[_Description, Mapping[object, _Description]]]:
        """What is said of those nodes that are propositions, and of the parts of each."""
        said = self._look_up(nodes)
        propositions = {node: quads for node, quads in said.items() if _types(quads) & self._classes.propositions}
        values = {quad.object for quads in propositions.values() for quad in quads if quad.predicate != namespaces.TYPE}
        parts: dict[object, _Description] = {
            node: _compared(quads)
            for node, quads in self._look_up([value for value in values if isinstance(value, ox.NamedNode)]).items()
            if self._is_part(_types(quads))
        }
        return {
            node: (_compared(quads), {quad.object: parts[quad.object] for quad in quads if quad.object in parts})
            for node, quads in propositions.items()
        }

    def _is_part(self, types: frozenset[str]) -> bool:
        return any(type_ in self._classes.schema.classes for type_ in types) and not types & self._classes.independent

    def _look_up(self, nodes: Sequence[Subject]) -> Mapping[Subject, _Quads]:
        nodes = list(dict.fromkeys(nodes))
        return dict(zip(nodes, self._graph.match_each([(node, None, None) for node in nodes]), strict=True))


def _resolve(description: _Description, parts: _Parts) -> _Description:
    """The description with what is said of each part in place of the part."""
    return frozenset((predicate, parts.get(value, value)) for predicate, value in description)


def _compared(quads: _Quads) -> _Description:
    return frozenset((quad.predicate, quad.object) for quad in quads if quad.predicate not in NOT_COMPARED)


def _types(quads: _Quads) -> frozenset[str]:
    return frozenset(namespaces.value_of(quad.object) for quad in quads if quad.predicate == namespaces.TYPE)
