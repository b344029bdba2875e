"""Random changes of a graph, made in a store and undone; the same seed gives the same changes.

The operations are those that an analysis of shapes can miss: what is far from a focus node, what another graph says
too, what is moved between graphs, and a change of class where many refer.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pyoxigraph as ox

from kg.namespaces import DATASET, TYPE
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Subject
from kg.store.proposed_change import ProposedChange

COUNT = int(os.environ.get("CHANGES_COUNT", "1000"))
SEED = int(os.environ.get("CHANGES_SEED", "1"))
LARGE = 10**9
"""A size of graph of which no change affects so much that the whole is validated instead."""
_DOSSIER = ox.NamedNode(DATASET.value.replace("Dataset", "Dossier"))
_NUMERIC = ("integer", "decimal", "double", "nonNegativeInteger")


class RandomChanges:
    """Draws changes of these quads; single use."""

    def __init__(self, quads: Iterable[ox.Quad], seed: int) -> None:
        self._quads = sorted(quads, key=str)
        self._random = random.Random(seed)
        self.store = EmbeddedStore.in_memory()
        self.store.engine.extend(self._quads)
        self._removed: set[ox.Quad] = set()
        self._added: set[ox.Quad] = set()
        self._by_predicate: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
        graphs_of: dict[ox.Triple, list[ox.Quad]] = defaultdict(list)
        for quad in self._quads:
            self._by_predicate[quad.predicate].append(quad)
            graphs_of[quad.triple].append(quad)
        self._types = self._by_predicate[TYPE]
        self._classes = sorted({quad.object for quad in self._types}, key=str)
        self._graphs = sorted({quad.graph_name for quad in self._quads}, key=str)
        self._home_graphs = [quad for quad in self._types if quad.object in (DATASET, _DOSSIER)]
        self._doubled = [quads for quads in graphs_of.values() if len(quads) > 1]
        self._numbers = [quad for quad in self._quads if _is_number(quad.object)]
        in_degrees = Counter(quad.object for quad in self._quads)
        self._hubs = sorted(self._types, key=lambda quad: (-in_degrees[quad.subject], str(quad)))[:30]

    def draw(self, count: int) -> Iterator[ProposedChange]:
        """So many changes, each of one to three operations; each is undone when the next is drawn."""
        operations = self._operations()
        while count:
            with self._undone():
                for operation in self._random.choices(operations, k=self._random.randint(1, 3)):
                    operation()
                if self._removed or self._added:
                    count -= 1
                    yield ProposedChange(self.store, frozenset(self._removed), frozenset(self._added))

    def _operations(self) -> list[Callable[[], None]]:
        frequent = [self._remove_quad, self._add_value, self._edit_quad, self._retype, self._add_property]
        rare = [self._move_resource, self._delete_resource, self._double, self._retype_hub]
        operations = [*frequent, *frequent, *rare]
        optional = [
            (self._home_graphs, self._retype_home_graph),
            (self._doubled, self._remove_doubled),
            (self._numbers, self._edit_number),
        ]
        return [*operations, *(operation for needed, operation in optional if needed)]

    @contextmanager
    def _undone(self) -> Iterator[None]:
        self._removed, self._added = set(), set()
        try:
            yield
        finally:
            for quad in self._added:
                self.store.engine.remove(quad)
            self.store.engine.extend(self._removed)

    def _remove(self, quad: ox.Quad) -> None:
        if quad in self.store.engine:
            self.store.engine.remove(quad)
            if quad in self._added:
                self._added.remove(quad)
            else:
                self._removed.add(quad)

    def _add(self, quad: ox.Quad) -> None:
        if quad not in self.store.engine:
            self.store.engine.add(quad)
            if quad in self._removed:
                self._removed.remove(quad)
            else:
                self._added.add(quad)

    def _remove_quad(self) -> None:
        self._remove(self._random.choice(self._quads))

    def _add_value(self) -> None:
        quad = self._random.choice(self._quads)
        other = self._random.choice(self._by_predicate[quad.predicate])
        self._add(ox.Quad(quad.subject, quad.predicate, other.object, quad.graph_name))

    def _add_property(self) -> None:
        quad, other = self._random.choice(self._quads), self._random.choice(self._quads)
        self._add(ox.Quad(quad.subject, other.predicate, other.object, quad.graph_name))

    def _edit_quad(self) -> None:
        quad, other = self._random.choice(self._quads), self._random.choice(self._quads)
        if self._random.random() < 0.7:
            other = self._random.choice(self._by_predicate[quad.predicate])
        self._remove(quad)
        self._add(ox.Quad(quad.subject, quad.predicate, other.object, quad.graph_name))

    def _edit_number(self) -> None:
        quad = self._random.choice(self._numbers)
        assert isinstance(quad.object, ox.Literal)
        self._remove(quad)
        number = ox.Literal(str(self._random.randint(0, 500)), datatype=quad.object.datatype)
        self._add(ox.Quad(quad.subject, quad.predicate, number, quad.graph_name))

    def _retype(self) -> None:
        self._retype_by(self._random.choice(self._types))

    def _retype_hub(self) -> None:
        self._retype_by(self._random.choice(self._hubs))

    def _retype_by(self, quad: ox.Quad) -> None:
        if self._random.random() < 0.8:
            self._remove(quad)
        self._add(ox.Quad(quad.subject, TYPE, self._random.choice(self._classes), quad.graph_name))

    def _retype_home_graph(self) -> None:
        quad = self._random.choice(self._home_graphs)
        self._remove(quad)
        other = _DOSSIER if quad.object == DATASET else DATASET
        self._add(ox.Quad(quad.subject, TYPE, other, quad.graph_name))

    def _move_resource(self) -> None:
        graph = self._random.choice(self._graphs)
        for quad in self._of_resource():
            self._remove(quad)
            self._add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))

    def _delete_resource(self) -> None:
        for quad in self._of_resource():
            self._remove(quad)

    def _of_resource(self) -> list[ox.Quad]:
        subject: Subject = self._random.choice(self._quads).subject
        return sorted(self.store.match(subject, None, None), key=str)

    def _double(self) -> None:
        quad = self._random.choice(self._quads)
        self._add(ox.Quad(quad.subject, quad.predicate, quad.object, self._random.choice(self._graphs)))

    def _remove_doubled(self) -> None:
        self._remove(self._random.choice(self._random.choice(self._doubled)))


def double(quads: Iterable[ox.Quad], count: int, seed: int) -> list[ox.Quad]:
    """The quads, and so many of their triples in a second graph too."""
    quads = sorted(quads, key=str)
    source = random.Random(seed)
    graphs = sorted({quad.graph_name for quad in quads}, key=str)
    doubled = source.sample(quads, count)
    return quads + [ox.Quad(q.subject, q.predicate, q.object, source.choice(graphs)) for q in doubled]


def _is_number(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value.endswith(_NUMERIC)


def describe(change: ProposedChange) -> str:
    """The change, line by line, for a message."""

    def lines(sign: str, quads: frozenset[ox.Quad]) -> list[str]:
        return [f"{sign} {quad}" for quad in sorted(quads, key=str)]

    return "\n".join(["", *lines("-", change.removed), *lines("+", change.added)])
