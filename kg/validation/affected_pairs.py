"""Which shapes a change can affect, and at which focus nodes.

A pair that is not found reads the same triples before and after the change, so its verdict is what it was. The walk
back from a changed triple sees the graph after the change alone: where a link on the way is gone too, that link is a
changed triple of the same shape, and what leads to it still stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import chain

import pyoxigraph as ox

from kg.namespaces import DATASET, RDFS, TYPE, value_of
from kg.store.interface import Pattern, QuadLookup, Subject
from kg.store.proposed_change import ProposedChange
from kg.validation.path_walk import Node, PathWalk
from kg.validation.shape_reads import Direction, Prefix, Read, ShapeReads, Target

SUBCLASS_OF = ox.NamedNode(f"{RDFS}subClassOf")

_CANDIDATES_PER_PAIR = 20

Pairs = Mapping[str, Set[Node]]
"""The focus nodes of each shape."""
SAMPLE_PAIRS = 300
"""Of a change that is judged with the whole graph, for the second judge."""


class AffectsTooMuchError(Exception):
    """So much depends on the change that the whole graph is validated instead."""

    def __init__(self, reason: str, sample: Pairs | None = None) -> None:
        super().__init__(reason)
        self.sample: Pairs = sample or {}
        """Some of the pairs, for the second judge."""


class Subclasses:
    """Each class with all that are below it, by the axioms of a graph."""

    def __init__(self, axioms: Iterable[ox.Triple]) -> None:
        self.axioms = frozenset(axioms)
        self._direct: dict[str, set[str]] = defaultdict(set)
        for axiom in self.axioms:
            self._direct[value_of(axiom.object)].add(value_of(axiom.subject))
        self._below: dict[str, frozenset[str]] = {}

    def below(self, class_: str) -> frozenset[str]:
        """The class itself and its subclasses, at any depth."""
        if class_ not in self._below:
            seen, pending = {class_}, [class_]
            while pending:
                inner = self._direct.get(pending.pop(), set()) - seen
                seen |= inner
                pending += inner
            self._below[class_] = frozenset(seen)
        return self._below[class_]


@dataclass(frozen=True, slots=True)
class _Types:
    """The classes that a node is typed with, before and after."""

    before: frozenset[str]
    after: frozenset[str]

    def differ(self, classes: frozenset[str]) -> bool:
        return self.before.isdisjoint(classes) != self.after.isdisjoint(classes)


class AffectedPairs:
    """Finds the pairs of a change; made once for the shapes."""

    def __init__(self, shapes: ShapeReads) -> None:
        self._shapes = shapes
        self._reads: Mapping[str | None, list[Read]] = _group(shapes.reads)
        self._targets: dict[str, list[Target]] = defaultdict(list)
        for target in shapes.targets:
            self._targets[target.shape].append(target)

    def find(self, change: ProposedChange, subclasses: Subclasses, max_pairs: int) -> Pairs:
        """The pairs whose verdict the change can alter, in the graph after it.

        Raises AffectsTooMuchError if there are more than ``max_pairs``, or if the change is of a kind that affects
        everything.
        """
        triples = change.union_change()
        if any(triple.predicate == SUBCLASS_OF for triple in chain(*triples)):
            raise AffectsTooMuchError("the change moves a class")
        types = _find_types(change, triples)
        candidates: dict[str, set[Node]] = defaultdict(set)
        for shape, node in self._by_target(triples, types, subclasses):
            candidates[shape].add(node)
        for shape, node in self._by_home_graph(change, max_pairs):
            candidates[shape].add(node)
        for (shape, prefix), starts in self._by_read(triples, types, subclasses).items():
            candidates[shape] |= _walk_back(change.after, starts, prefix)
        # Most nodes are targets of few of the shapes for which they are candidates.
        if sum(map(len, candidates.values())) > _CANDIDATES_PER_PAIR * max_pairs:
            sample = self.select_targets(
                change.after, select_sample(candidates, _CANDIDATES_PER_PAIR * SAMPLE_PAIRS), subclasses
            )
            raise AffectsTooMuchError("the change affects too much", select_sample(sample, SAMPLE_PAIRS))
        pairs = self.select_targets(change.after, candidates, subclasses)
        if sum(map(len, pairs.values())) > max_pairs:
            raise AffectsTooMuchError("the change affects too much", select_sample(pairs, SAMPLE_PAIRS))
        return pairs

    def _by_target(
        self, triples: "_Changed", types: Mapping[Node, _Types], subclasses: Subclasses
    ) -> Iterator[tuple[str, Node]]:
        """What is a target now by a triple that was added. What is one no longer has no verdict."""
        added = triples[1]
        by_predicate: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in added:
            by_predicate[triple.predicate.value].append(triple)
        for target in self._shapes.targets:
            match target.kind:
                case "Class":
                    below = subclasses.below(target.value)
                    for node, classes in types.items():
                        if classes.before.isdisjoint(below) and not classes.after.isdisjoint(below):
                            yield target.shape, node
                case "SubjectsOf":
                    for triple in by_predicate[target.value]:
                        yield target.shape, triple.subject
                case "ObjectsOf":
                    for triple in by_predicate[target.value]:
                        yield target.shape, triple.object

    def _by_home_graph(self, change: ProposedChange, max_pairs: int) -> Iterator[tuple[str, Node]]:
        """What may have moved between graphs, and all of a graph that has become a data set or is one no more.

        The severity of some findings depends on it, also where the union of the graphs is as before.
        """
        if not self._shapes.lowered:
            return
        moved: set[Node] = {quad.subject for quad in chain(change.removed, change.added)}
        retyped = {
            quad.subject
            for quad in chain(change.removed, change.added)
            if quad.predicate == TYPE and quad.object == DATASET
        }
        for graph in retyped:
            if isinstance(graph, ox.NamedNode):
                for number, quad in enumerate(change.after.match(None, None, None, graph)):
                    if number > 50 * max_pairs:
                        raise AffectsTooMuchError("a large graph becomes a data set, or is one no more")
                    moved.add(quad.subject)
        for shape in self._shapes.lowered:
            for node in moved:
                yield shape, node

    def _by_read(
        self, triples: "_Changed", types: Mapping[Node, _Types], subclasses: Subclasses
    ) -> Mapping[tuple[str, Prefix], set[Node]]:
        """The nodes at which a read has found, or finds, a changed triple; by shape and by what leads there."""
        starts: dict[tuple[str, Prefix], set[Node]] = defaultdict(set)
        changed = list(chain(*triples))
        nodes: dict[Direction, set[Node]] = {
            Direction.FORWARD: {triple.subject for triple in changed},
            Direction.INVERSE: {triple.object for triple in changed},
        }
        for read in self._reads.get(None, ()):
            starts[read.shape, read.prefix] |= nodes[read.direction]
        for triple in changed:
            for read in self._reads.get(triple.predicate.value, ()):
                if read.member_of and not types[triple.subject].differ(subclasses.below(read.member_of)):
                    continue
                node = triple.subject if read.direction is Direction.FORWARD else triple.object
                starts[read.shape, read.prefix].add(node)
        return starts

    def select_targets(self, after: QuadLookup, candidates: Pairs, subclasses: Subclasses) -> Pairs:
        """The candidates that are targets of their shapes after the change."""
        nodes = {node for found in candidates.values() for node in found}
        named = [node for node in nodes if not isinstance(node, ox.Literal)]
        typed = after.match_each([(node, TYPE, None) for node in named])
        types: dict[Node, set[str]] = {
            node: {value_of(quad.object) for quad in quads} for node, quads in zip(named, typed, strict=True)
        }
        pairs: dict[str, frozenset[Node]] = {}
        for shape, found in candidates.items():
            selected: set[Node] = set()
            for target in self._targets[shape]:
                selected |= _targeted(after, target, found - selected, types, subclasses)
            if selected:
                pairs[shape] = frozenset(selected)
        return pairs


def select_sample(pairs: Pairs, size: int) -> Pairs:
    """At most so many of the pairs, spread over all of them."""
    all_pairs = sorted(((shape, node) for shape, nodes in pairs.items() for node in nodes), key=str)
    step = max(1, -(-len(all_pairs) // size))
    sampled: dict[str, set[Node]] = defaultdict(set)
    for shape, node in all_pairs[::step]:
        sampled[shape].add(node)
    return sampled


_Changed = tuple[frozenset[ox.Triple], frozenset[ox.Triple]]


def _targeted(
    after: QuadLookup, target: Target, nodes: Set[Node], types: Mapping[Node, set[str]], subclasses: Subclasses
) -> set[Node]:
    match target.kind:
        case "Class":
            below = subclasses.below(target.value)
            return {node for node in nodes if node in types and not below.isdisjoint(types[node])}
        case "Node":
            return {node for node in nodes if isinstance(node, ox.NamedNode) and node.value == target.value}
    predicate = ox.NamedNode(target.value)
    patterns: dict[Node, Pattern] = {}
    for node in nodes:
        if target.kind == "ObjectsOf":
            patterns[node] = (None, predicate, node)
        elif not isinstance(node, ox.Literal):
            patterns[node] = (node, predicate, None)
    found = after.match_each(list(patterns.values()))
    return {node for node, quads in zip(patterns, found, strict=True) if quads}


def _find_types(change: ProposedChange, triples: _Changed) -> Mapping[Node, _Types]:
    """Of each node of which a type has changed in the union."""
    gone, new = map(_group_classes, triples)
    nodes = list(gone | new)
    found = change.after.match_each([(node, TYPE, None) for node in nodes])
    types: dict[Node, _Types] = {}
    for node, quads in zip(nodes, found, strict=True):
        after = frozenset(value_of(quad.object) for quad in quads)
        types[node] = _Types((after - new.get(node, set())) | gone.get(node, set()), after)
    return types


def _group_classes(triples: Iterable[ox.Triple]) -> dict[Subject, set[str]]:
    groups: dict[Subject, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == TYPE:
            groups[triple.subject].add(value_of(triple.object))
    return groups


def _walk_back(after: QuadLookup, starts: set[Node], prefix: Prefix) -> set[Node]:
    walk = PathWalk(after)
    for path in reversed(prefix):
        starts = walk.back(starts, path)
    return starts


def _group(reads: Iterable[Read]) -> Mapping[str | None, list[Read]]:
    groups: dict[str | None, list[Read]] = defaultdict(list)
    for read in reads:
        groups[read.predicate].append(read)
    return groups
