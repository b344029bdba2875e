"""The read sets of pairs: all triples on which the verdicts of some shapes about some focus nodes depend."""

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg.store.interface import Pattern, QuadLookup
from kg.validation.affected_pairs import Pairs
from kg.validation.path_walk import Node, PathWalk
from kg.validation.shape_reads import Direction, Prefix, Read, ShapeReads

_Reached = tuple[str, Prefix]
"""A shape, and a path from its focus nodes."""


class ReadSets:
    """Extracts read sets; made once for the shapes."""

    def __init__(self, shapes: ShapeReads) -> None:
        self._reads: dict[str, list[Read]] = defaultdict(list)
        for read in shapes.reads:
            self._reads[read.shape].append(read)

    def extract(self, lookup: QuadLookup, pairs: Pairs) -> frozenset[ox.Triple]:
        """The triples, from the union of all graphs.

        A shape judges its focus nodes on these as it would on the whole graph.
        """
        walk = PathWalk(lookup)
        reached: dict[_Reached, set[Node]] = {(shape, ()): set(nodes) for shape, nodes in pairs.items()}
        patterns: dict[Pattern, None] = {}
        for shape in pairs:
            for read in self._reads[shape]:
                for node in self._reach(walk, reached, shape, read.prefix):
                    patterns |= dict.fromkeys(_patterns_of(read, node))
        found = lookup.match_each(list(patterns))
        walk.quads.update(quad for quads in found for quad in quads)
        return frozenset(quad.triple for quad in walk.quads)

    def _reach(self, walk: PathWalk, reached: dict[_Reached, set[Node]], shape: str, prefix: Prefix) -> Iterable[Node]:
        """The nodes that the prefix leads to from the focus nodes of the shape; each step is walked once."""
        if (shape, prefix) not in reached:
            before = self._reach(walk, reached, shape, prefix[:-1])
            reached[shape, prefix] = walk.ahead(before, prefix[-1])
        return reached[shape, prefix]


def _patterns_of(read: Read, node: Node) -> Iterable[Pattern]:
    predicate = ox.NamedNode(read.predicate) if read.predicate else None
    if read.direction is Direction.INVERSE:
        yield None, predicate, node
    elif not isinstance(node, ox.Literal | ox.Triple):
        yield node, predicate, None
