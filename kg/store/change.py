"""A change of the store as a value: quads to remove and to add, named graphs to create and to drop.

Holds N-Quads text, so that it is committed and passed on between processes without an object for each quad; blank nodes
keep their labels. Knows no store.
"""

import json
import re
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Self, TypeVar

import pyoxigraph as ox

_LENGTHS = struct.Struct(">QQ")
"""The lengths of ``removed`` and ``added`` in bytes; these follow, then the names of graphs as JSON."""


_GRAPH = re.compile(rb'^\S+ \S+ (?:<[^>\n]*>|_:\S+|<<.*>>|".*"\S*) <([^>\n]*)> \.$', re.MULTILINE)
"""The graph name of a line of N-Quads, if it is an IRI."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is removed and what is added are disjoint, so the order does not matter."""

    removed: bytes = b""
    """Quads as N-Quads, one a line."""
    added: bytes = b""
    """The same."""
    created: tuple[str, ...] = ()
    """IRIs of named graphs that exist afterwards, even without a quad, and did not before."""
    dropped: tuple[str, ...] = ()
    """IRIs of named graphs that do not exist afterwards; their quads are among ``removed``."""

    @classmethod
    def from_quads(
        cls,
        removed: Iterable[ox.Quad] = (),
        added: Iterable[ox.Quad] = (),
        created: Iterable[str] = (),
        dropped: Iterable[str] = (),
    ) -> Self:
        """The change of these quads and graphs."""
        return cls(_to_n_quads(removed), _to_n_quads(added), tuple(sorted(created)), tuple(sorted(dropped)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The change that ``to_bytes`` has written."""
        removed_length, added_length = _LENGTHS.unpack_from(data)
        added_start = _LENGTHS.size + removed_length
        added_end = added_start + added_length
        created, dropped = json.loads(data[added_end:])
        return cls(data[_LENGTHS.size : added_start], data[added_start:added_end], tuple(created), tuple(dropped))

    def to_bytes(self) -> bytes:
        """The change as bytes."""
        graphs = json.dumps([self.created, self.dropped]).encode()
        return _LENGTHS.pack(len(self.removed), len(self.added)) + self.removed + self.added + graphs

    @property
    def removed_count(self) -> int:
        """How many quads are removed."""
        return self.removed.count(b"\n")

    @property
    def added_count(self) -> int:
        """How many quads are added."""
        return self.added.count(b"\n")

    def removed_quads(self) -> Iterator[ox.Quad]:
        """The quads that are removed, parsed."""
        return ox.parse(self.removed, format=ox.RdfFormat.N_QUADS)

    def added_quads(self) -> Iterator[ox.Quad]:
        """The quads that are added, parsed."""
        return ox.parse(self.added, format=ox.RdfFormat.N_QUADS)

    @property
    def graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs that it touches, sorted."""
        return tuple(sorted(self.touched - {""}))

    @property
    def touched(self) -> frozenset[str]:
        """The same unsorted, and an empty string if it touches quads in no graph whose name is an IRI."""
        names = [*_GRAPH.findall(self.removed), *_GRAPH.findall(self.added)]
        others = {""} if len(names) < self.removed_count + self.added_count else set()
        return frozenset({name.decode() for name in set(names)}.union(self.created, self.dropped, others))

    def inverse(self) -> "Change":
        """The change that takes this one back."""
        return Change(self.added, self.removed, self.dropped, self.created)

    def without(self, graphs: Collection[ox.NamedNode]) -> "Change":
        """The change without the quads of these graphs."""
        if not graphs:
            return self
        names = {graph.value for graph in graphs}
        removed, added = (_leave_out(quads, names) for quads in (self.removed, self.added))
        created, dropped = (tuple(name for name in made if name not in names) for made in (self.created, self.dropped))
        return Change(removed, added, created, dropped)

    def apply_to(self, engine: ox.Store) -> None:
        """Make the change in a private copy, which nobody reads meanwhile; making it twice does no harm."""
        for quad in self.removed_quads():
            engine.remove(quad)
        for graph in self.dropped:
            engine.remove_graph(ox.NamedNode(graph))
        if b"_:" in self.added:
            engine.extend(self.added_quads())
        elif self.added:
            # Natively, but it would give blank nodes other labels.
            engine.load(self.added, format=ox.RdfFormat.N_QUADS)
        for graph in self.created:
            engine.add_graph(ox.NamedNode(graph))

    @classmethod
    def merge(cls, changes: Iterable[Self]) -> Self:
        """The changes as one, made in this order: a quad that came and went is in neither part."""
        quads: dict[bytes, bool] = {}
        graphs: dict[str, bool] = {}
        for change in changes:
            _accumulate(quads, change.removed.splitlines(keepends=True), change.added.splitlines(keepends=True))
            _accumulate(graphs, change.dropped, change.created)
        removed, added = _select(quads, is_added=False), _select(quads, is_added=True)
        dropped, created = _select(graphs, is_added=False), _select(graphs, is_added=True)
        return cls(b"".join(removed), b"".join(added), tuple(sorted(created)), tuple(sorted(dropped)))

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.created or self.dropped)


_T = TypeVar("_T")


def _accumulate(net: dict[_T, bool], removed: Iterable[_T], added: Iterable[_T]) -> None:
    """Note what one more step removes and adds in what all steps do together: whether each item is added."""
    for items, is_added in ((removed, False), (added, True)):
        for item in items:
            if net.get(item, is_added) is is_added:
                net[item] = is_added
            else:
                del net[item]


def _select(net: Mapping[_T, bool], *, is_added: bool) -> list[_T]:
    return [item for item, added in net.items() if added is is_added]


def _leave_out(quads: bytes, names: Set[str]) -> bytes:
    """The lines that are in none of these graphs."""
    lines = quads.splitlines(keepends=True)
    return b"".join(line for line in lines if not (found := _GRAPH.match(line)) or found[1].decode() not in names)


def _to_n_quads(quads: Iterable[ox.Quad]) -> bytes:
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
