"""What shapes read to judge graphs that are added to one that conforms, where the two are apart.

Two graphs are apart if neither describes a resource that the other one describes, and the kept one points at none that
the added one describes. Then a shape that reads no further than to what its focus node points at can have a new verdict
about two kinds of focus nodes only: those that are described by what is added, which read it and what is kept of the
nodes that they point at; and those to which an added triple points that a shape follows back. Shapes that read further
are not judged so.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import TYPE, value_of
from kg.schema.property_path import PredicatePath
from kg.store.interface import QuadLookup, Subject
from kg.validation.affected_pairs import SUBCLASS_OF, Pairs, Subclasses
from kg.validation.path_walk import Node
from kg.validation.shape_reads import Direction, Read, ShapeReads


@dataclass(frozen=True, slots=True)
class Addition:
    """Graphs that are added to one that conforms and from which they are apart."""

    file: Path
    """All quads that are added, as N-Quads; its name ends in ``.nq``. To judge them, what they read is appended."""
    lookup: QuadLookup
    """The same in memory, with the boundary."""
    boundary: Sequence[ox.Quad]
    """All that is kept about the IRIs that are pointed at; no quad of these subjects is added."""
    whole: QuadLookup
    """What is added and what is kept."""

    def added(self, predicate: ox.NamedNode, kept: Set[Subject]) -> Iterator[ox.Quad]:
        """The added quads of the predicate. ``kept``: the subjects of the boundary."""
        return (quad for quad in self.lookup.match(None, predicate, None) if quad.subject not in kept)


@dataclass(frozen=True, slots=True)
class PairsOfAddition:
    """The pairs of shape and focus node whose verdicts an addition can alter, and some whose verdicts it cannot."""

    described: Pairs
    """The focus nodes are described by what is added."""
    candidates: Pairs
    """The other focus nodes, as far as they are targets."""


class PairsByAddition:
    """Finds the pairs of an addition; made once for the shapes."""

    def __init__(self, shapes: ShapeReads) -> None:
        self.can_find = all(map(_is_near, shapes.reads))
        """Whether no shape reads further than to what its focus node points at."""
        self._targets = [target for target in shapes.targets if target.shape in shapes.shapes]
        self._inverse: dict[str, set[str]] = defaultdict(set)
        """The shapes that follow a predicate back from their focus nodes."""
        for read in shapes.reads:
            if read.direction is Direction.INVERSE and read.predicate:
                self._inverse[read.predicate].add(read.shape)

    def find(self, addition: Addition, subclasses: Subclasses) -> PairsOfAddition | None:
        """The pairs; None if the addition moves a class, which can matter to all that is kept."""
        kept = {quad.subject for quad in addition.boundary}
        if next(addition.added(SUBCLASS_OF, kept), None) is not None:
            return None
        described: dict[str, set[Node]] = defaultdict(set)
        shapes = self._shapes_by_class(subclasses)
        typed: set[Node] = set()
        for quad in addition.added(TYPE, kept):
            typed.add(quad.subject)
            for shape in shapes.get(value_of(quad.object), ()):
                described[shape].add(quad.subject)
        candidates: dict[str, set[Node]] = defaultdict(set)
        for shape, node in self._by_other_targets(addition, kept):
            (described if node in typed else candidates)[shape].add(node)
        for predicate, readers in self._inverse.items():
            others = {quad.object for quad in addition.added(ox.NamedNode(predicate), kept)} - typed
            for shape in readers if others else ():
                candidates[shape] |= others
        return PairsOfAddition(described, candidates)

    def _shapes_by_class(self, subclasses: Subclasses) -> Mapping[str, Set[str]]:
        shapes: dict[str, set[str]] = defaultdict(set)
        for target in self._targets:
            for class_ in subclasses.below(target.value) if target.kind == "Class" else ():
                shapes[class_].add(target.shape)
        return shapes

    def _by_other_targets(self, addition: Addition, kept: Set[Subject]) -> Iterator[tuple[str, Node]]:
        """What an added triple makes a target other than by its type, and the nodes that are targets by name."""
        for target in self._targets:
            match target.kind:
                case "Node":
                    yield target.shape, ox.NamedNode(target.value)
                case "SubjectsOf":
                    for quad in addition.added(ox.NamedNode(target.value), kept):
                        yield target.shape, quad.subject
                case "ObjectsOf":
                    for quad in addition.added(ox.NamedNode(target.value), kept):
                        yield target.shape, quad.object


def _is_near(read: Read) -> bool:
    """Whether the read is of triples of the focus node, or of what these say that it points at."""
    match read.prefix:
        case ():
            return True
        case (PredicatePath(),):
            return read.direction is Direction.FORWARD
    return False
