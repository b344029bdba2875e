"""Follows property paths over a lookup, from sets of nodes, forwards and backwards.

A step of all nodes is one batch of patterns, so that over a remote engine it is one request.
"""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.schema.property_path import (
    AlternativePath,
    InversePath,
    PredicatePath,
    PropertyPath,
    RepeatedPath,
    SequencePath,
)
from kg.store.interface import Pattern, QuadLookup

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class PathWalk:
    """Walks over the union of the graphs of a lookup; notes each quad that it has used."""

    def __init__(self, lookup: QuadLookup) -> None:
        self._lookup = lookup
        self.quads: set[ox.Quad] = set()
        """All quads that steps have followed."""

    def ahead(self, nodes: Iterable[Node], path: PropertyPath) -> set[Node]:
        """The nodes to which the path leads from these."""
        return self._walk(set(nodes), path, inverse=False)

    def back(self, nodes: Iterable[Node], path: PropertyPath) -> set[Node]:
        """The nodes from which the path leads to these."""
        return self._walk(set(nodes), path, inverse=True)

    def _walk(self, nodes: set[Node], path: PropertyPath, *, inverse: bool) -> set[Node]:
        match path:
            case PredicatePath(predicate):
                return self._step(nodes, predicate, inverse=inverse)
            case InversePath(inner):
                return self._walk(nodes, inner, inverse=not inverse)
            case SequencePath(paths):
                for part in reversed(paths) if inverse else paths:
                    nodes = self._walk(nodes, part, inverse=inverse)
                return nodes
            case AlternativePath(paths):
                return set().union(*(self._walk(nodes, part, inverse=inverse) for part in paths))
            case RepeatedPath(inner, "?"):
                return nodes | self._walk(nodes, inner, inverse=inverse)
            case RepeatedPath(inner, modifier):
                return self._repeat(nodes, inner, modifier, inverse=inverse)

    def _repeat(self, nodes: set[Node], path: PropertyPath, modifier: str, *, inverse: bool) -> set[Node]:
        reached: set[Node] = set(nodes) if modifier == "*" else set()
        latest = nodes
        while latest:
            latest = self._walk(latest, path, inverse=inverse) - reached
            reached |= latest
        return reached

    def _step(self, nodes: set[Node], predicate: str, *, inverse: bool) -> set[Node]:
        iri = ox.NamedNode(predicate)
        if inverse:
            patterns: list[Pattern] = [(None, iri, node) for node in nodes]
        else:
            patterns = [(node, iri, None) for node in nodes if not isinstance(node, ox.Literal | ox.Triple)]
        found = [quad for quads in self._lookup.match_each(patterns) for quad in quads]
        self.quads.update(found)
        return {quad.subject if inverse else quad.object for quad in found}
