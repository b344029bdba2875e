"""Reads the quads of resources and the references to them from a store, within bounds.

Owns what is left out where there is too much, and that this is known afterwards. Does not know which resources a
description follows. Without bounds everything is read.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import namespaces
from kg.errors import QueryLimitError
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate

_HERE = Path(__file__).parent
_SUBJECT_QUADS = QueryTemplate.read(_HERE / "subject-quads.rq")
_SUBJECT_COUNTS = QueryTemplate.read(_HERE / "subject-counts.rq")
_PROPERTY_COUNTS = QueryTemplate.read(_HERE / "property-counts.rq")
_VALUES = QueryTemplate.read(_HERE / "values-of-property.rq")
_REFERENCES = QueryTemplate.read(_HERE / "references.rq")
_REFERRERS = QueryTemplate.read(_HERE / "referrers.rq")
_REFERENCE_COUNTS = QueryTemplate.read(_HERE / "reference-counts.rq")
_OF_CLASS = QueryTemplate.read(_HERE / "references-of-class.rq")

_SHARES = 3
"""A round of references has at most this part of all."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


MAX_QUADS = 300_000
"""Quads of a description without bounds."""
ELSEWHERE = "query a part of it at /sparql, or export the data with: kg export"
"""Where to get what is too large for a description."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a page shows; the data has all of it."""

    listed: int = 50
    """Values of one property, and resources of one class that refer to one resource."""
    quads: int = 10_000
    """Quads altogether."""
    references: int = 3_000
    """References followed altogether."""


class Reference(NamedTuple):
    """A resource of a class that refers to another."""

    target: str
    predicate: str
    subject: str
    class_: str


@dataclass
class BoundedReader:
    """Reads from one store, and counts what has been read."""

    store: Queryable
    bounds: Bounds | None = None
    incomplete: set[str] = field(default_factory=set)
    """Resources of which not all quads, or not all references to them, have been read."""
    totals: dict[str, dict[str, int]] = field(default_factory=dict)
    """For incomplete resources: how many resources of each class refer to them."""
    _quads: int = 0
    _references: int = 0

    def read_quads(self, iris: Iterable[str]) -> Mapping[str, Sequence[ox.Quad]]:
        """The quads with these subjects. Raises QueryLimitError beyond MAX_QUADS altogether."""
        nodes = sorted({ox.NamedNode(iri) for iri in iris}, key=str)
        quads: dict[str, list[ox.Quad]] = {node.value: [] for node in nodes}
        if not nodes:
            return quads
        text = _SUBJECT_QUADS.bind({"subject": node} for node in nodes)
        room = max(0, self.bounds.quads - self._quads) if self.bounds else None
        rows = list(_select_quads(self.store, text, room))
        if room is not None and len(rows) > room:
            rows = list(self._read_listed_quads(nodes, room))
        self._quads += len(rows)
        if self._quads > MAX_QUADS:
            raise QueryLimitError(f"stopped: the description has more than {MAX_QUADS:,} quads; {ELSEWHERE}")
        for quad in rows:
            assert isinstance(quad.subject, ox.NamedNode)
            quads[quad.subject.value].append(quad)
        return quads

    def read_references(self, iris: Iterable[str]) -> list[Reference]:
        """The references of resources with a class to these, by subject."""
        nodes = sorted({ox.NamedNode(iri) for iri in iris}, key=str)
        if not nodes:
            return []
        text = _REFERENCES.bind({"object": node} for node in nodes)
        room = None
        if self.bounds:
            # The focus comes first; what refers to it must leave room for what refers to that.
            room = max(0, min(self.bounds.references - self._references, self.bounds.references // _SHARES))
        found = list(_select_references(self.store, text, room))
        if room is not None and len(found) > room:
            found = sorted(self._read_listed_references(nodes, room), key=lambda item: (item.subject, item.predicate))
        self._references += len(found)
        return found

    def read_instances(self, iri: str, classes: Iterable[str]) -> list[Reference]:
        """The references of instances of these classes to a resource; of each class at most ``bounds.listed``."""
        limit = self.bounds.listed if self.bounds else None
        node = ox.NamedNode(iri)
        found = [
            reference
            for class_ in sorted(classes)
            for reference in _select_first(
                self.store, _OF_CLASS.bind([{"object": node, "class": ox.NamedNode(class_)}]), limit
            )
        ]
        self._references += len(found)
        return found

    def read_referrers(self, iri: str) -> Iterator[Reference]:
        """All references of resources with a class to this one, one by one, in no order."""
        return _select_references(self.store, _REFERRERS.bind([{"object": ox.NamedNode(iri)}]))

    def _read_listed_quads(self, nodes: Sequence[ox.NamedNode], room: int) -> Iterator[ox.Quad]:
        """So many quads of these resources: resources as a whole, but of large ones only a part."""
        assert self.bounds is not None
        rows = _select(self.store, _SUBJECT_COUNTS.bind({"subject": node} for node in nodes))
        whole: list[dict[str, Term | None]] = []
        for subject, number in rows:
            count = int(number.value)
            if count > self.bounds.listed:
                part = list(self._read_part(subject, room))
                room -= len(part)
                yield from part
            elif count <= room:
                room -= count
                whole.append({"subject": subject})
            else:
                self.incomplete.add(subject.value)
        if whole:
            yield from _select_quads(self.store, _SUBJECT_QUADS.bind(whole))

    def _read_part(self, subject: ox.NamedNode, room: int) -> Iterator[ox.Quad]:
        """So many quads of one resource: its classes first, and of each property at most ``bounds.listed`` values."""
        assert self.bounds is not None
        rows = _select(self.store, _PROPERTY_COUNTS.bind([{"subject": subject}]))
        counts = [(predicate, int(number.value)) for _, predicate, number in rows]
        for predicate, count in sorted(counts, key=lambda row: (row[0] != namespaces.TYPE, row[1])):
            values = min(count, self.bounds.listed, room)
            room -= values
            if values < count:
                self.incomplete.add(subject.value)
            if values:
                clause: dict[str, Term | None] = {"subject": subject, "predicate": predicate}
                yield from _select_quads(self.store, _VALUES.bind([clause]), values, exactly=True)

    def _read_listed_references(self, nodes: Sequence[ox.NamedNode], room: int) -> Iterator[Reference]:
        """So many references to these resources: all to some of them, but to those with many only a part."""
        assert self.bounds is not None
        counts: dict[ox.NamedNode, dict[ox.NamedNode, int]] = defaultdict(dict)
        for target, class_, number in _select(self.store, _REFERENCE_COUNTS.bind({"object": node} for node in nodes)):
            counts[target][class_] = int(number.value)
        whole: list[dict[str, Term | None]] = []
        for target, by_class in counts.items():
            total = sum(by_class.values())
            if total > self.bounds.listed or (total > room and len(nodes) == 1):
                part = list(self._read_referrers(target, by_class, room))
                room -= len(part)
                yield from part
            elif total <= room:
                room -= total
                whole.append({"object": target})
            else:
                self._set_incomplete(target, by_class)
        if whole:
            yield from _select_references(self.store, _REFERENCES.bind(whole))

    def _read_referrers(
        self, target: ox.NamedNode, counts: Mapping[ox.NamedNode, int], room: int
    ) -> Iterator[Reference]:
        """So many references to one resource, of each class at most ``bounds.listed``."""
        assert self.bounds is not None
        for class_, count in sorted(counts.items(), key=lambda item: item[1]):
            listed = min(count, self.bounds.listed, room)
            room -= listed
            if listed < count:
                self._set_incomplete(target, counts)
            if listed:
                clause: dict[str, Term | None] = {"object": target, "class": class_}
                yield from _select_first(self.store, _OF_CLASS.bind([clause]), listed)

    def _set_incomplete(self, target: ox.NamedNode, counts: Mapping[ox.NamedNode, int]) -> None:
        self.incomplete.add(target.value)
        self.totals[target.value] = {class_.value: count for class_, count in counts.items()}


def _select(store: Queryable, text: str, limit: int | None = None, *, exactly: bool = False) -> ox.QuerySolutions:
    """The solutions; with ``limit`` one more than that, so that it shows whether there are more, unless ``exactly``."""
    bounded = text if limit is None else f"{text.rstrip()}\nLIMIT {limit if exactly else limit + 1}"
    solutions = store.query(bounded)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions


def _select_quads(store: Queryable, text: str, limit: int | None = None, *, exactly: bool = False) -> Iterator[ox.Quad]:
    for graph, subject, predicate, target in _select(store, text, limit, exactly=exactly):
        yield ox.Quad(subject, predicate, target, graph)


def _select_first(store: Queryable, text: str, limit: int | None) -> list[Reference]:
    """The first by subject and predicate: the engine takes several times as long to sort thousands of IRIs."""

    def order(reference: Reference) -> tuple[str, str]:
        return reference.subject, reference.predicate

    found = _select_references(store, text)
    return sorted(found, key=order) if limit is None else heapq.nsmallest(limit, found, key=order)


def _select_references(store: Queryable, text: str, limit: int | None = None) -> Iterator[Reference]:
    for target, predicate, subject, class_ in _select(store, text, limit):
        if isinstance(subject, ox.NamedNode) and isinstance(class_, ox.NamedNode):
            yield Reference(target.value, predicate.value, subject.value, class_.value)
