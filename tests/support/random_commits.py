"""A history of random changes of a store, the same for the same seed: what a store has to contain after any of them."""

import random
from collections.abc import Iterator

import pyoxigraph as ox

from kg.store.change import Change

_PREDICATES = [ox.NamedNode("x:p"), ox.NamedNode("x:q")]
_SUBJECTS: list[ox.NamedNode | ox.BlankNode] = [
    *(ox.NamedNode(f"x:s{number}") for number in range(8)),
    ox.BlankNode("kept"),
]
_GRAPHS = [ox.NamedNode(f"x:g{number}") for number in range(4)]
_EMPTY_GRAPHS = [ox.NamedNode(f"x:empty{number}") for number in range(3)]


class RandomHistory:
    """The state after the changes that were drawn so far."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.quads: set[ox.Quad] = set()
        self.empty_graphs: set[ox.NamedNode] = set()
        self.length = 0

    def draw(self) -> Change:
        """One more change: quads that come, go and come again, blank nodes, large ones, graphs without a quad."""
        self.length += 1
        chance = self._chance
        count = chance.choice([0, 1, 3, 3, 30, 200])
        added = {self._draw_quad() for _ in range(count)} - self.quads
        present = sorted(self.quads, key=str)
        removed = set(chance.sample(present, min(len(present), chance.choice([0, 1, 3, 20, 150]))))
        graph = chance.choice(_EMPTY_GRAPHS)
        is_there = graph in self.empty_graphs
        change = Change.from_quads(removed, added, *([[], [graph.value]] if is_there else [[graph.value], []]))
        self.quads = self.quads - removed | added
        self.empty_graphs ^= {graph}
        return change

    def _draw_quad(self) -> ox.Quad:
        chance = self._chance
        value = ox.Literal(chance.choice([str(chance.randrange(60)), 'a "quoted"\nline', "é" * 400]))
        return ox.Quad(chance.choice(_SUBJECTS), chance.choice(_PREDICATES), value, chance.choice(_GRAPHS))

    def skip_to(self, length: int) -> "RandomHistory":
        """The history after so many changes."""
        for _ in range(length - self.length):
            self.draw()
        return self


def list_empty_graphs(engine: ox.Store) -> set[ox.NamedNode]:
    """Those of the graphs of a history that are in the store."""
    return {graph for graph in _EMPTY_GRAPHS if engine.contains_named_graph(graph)}


def changes_of(seed: int, length: int) -> Iterator[Change]:
    """The first changes of the history."""
    history = RandomHistory(seed)
    for _ in range(length):
        yield history.draw()
