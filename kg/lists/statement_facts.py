"""What lists select statements by: speaker, source, act, hedge, days, things and places, and who objects.

Owns what of the graph that depends on: every resource that is read for a statement is noted, so that a change of one of
them tells which statements to read again. Keeps no words: what a list shows is read from the graph when it is shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.name_folding import fold_name
from kg.namespaces import (
    ADMINISTRATIVE_PARENT,
    ASSERTS,
    CK,
    DECLARES,
    DENIES,
    DISPUTES,
    EARLIEST,
    HEDGE,
    LATEST,
    RELAYS,
    REPORTED_IN,
    RETRACTS,
    SPEAKER,
    TYPE,
    VOCAB,
    WHEN,
    value_of,
)
from kg.schema.class_index import ClassIndex
from kg.store.interface import QuadLookup
from kg.store.labels import LABEL_PROPERTIES

WITHIN = "within"
"""Links a place, and each unit that it lies in, to the statements that speak of it."""
FROM = "from"
"""Links a source to the statements that it reports."""
OBJECTIONS = frozenset({RETRACTS, DISPUTES, DENIES})
"""Of these the subjects are looked up: what is retracted, disputed or denied depends on statements about it."""
_MAX_DEPTH = 3
"""How deep statements about statements, and propositions about propositions, are followed."""
_MAX_KNOWN = 50_000
_WITHOUT_DAYS = frozenset({RETRACTS, RELAYS, DECLARES})
"""Acts on what has no days of its own."""
_NO_LINKS = frozenset({TYPE.value, EARLIEST.value, LATEST.value, WHEN.value})
_PLACE = "place"


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """A statement as lists select it."""

    iri: str
    act: str
    """The local name of its act, such as ``asserts``."""
    speaker: str
    source: str
    """The first of its sources; all of them are links."""
    hedge: str
    earliest: str
    """The first day on which what it speaks of may have happened; empty if open or unknown."""
    latest: str
    is_dated: bool
    is_retracted: bool
    is_denied: bool
    """Another statement, that is not taken back, denies what it asserts."""
    is_disputed: bool
    """Another speaker disputes it, and has not taken that back."""
    links: frozenset[tuple[str, str]]
    """Kinds of things, WITHIN or FROM, each with a thing."""
    reads: frozenset[str]
    """The resources on which all this depends."""

    @property
    def is_unopposed(self) -> bool:
        """Whether nobody recorded here takes it back, denies or disputes it."""
        return not (self.is_retracted or self.is_denied or self.is_disputed)


@dataclass(frozen=True, slots=True)
class ThingFacts:
    """An incident, actor, place, zone or source as lists order it."""

    iri: str
    kind: str
    type: str
    """The local name of its class."""
    name: str
    """The name that identifies it, in English where there are several; else the last segment of its IRI."""
    within: tuple[str, ...]
    """A place itself, and the units that it lies in."""

    @property
    def sort_key(self) -> str:
        """The name without case, marks and letter forms."""
        return fold_name(self.name) or self.name


class FactReader:
    """Reads statements and things of a store; what it has read of a thing it keeps, so it is made for one pass."""

    def __init__(self, store: QuadLookup, classes: ClassIndex) -> None:
        self._store, self._classes = store, classes
        self._known: dict[tuple[str, str], list[str]] = {}

    def read_statement(self, iri: str) -> StatementFacts | None:
        """The statement; None for what is none, or has no speaker or act."""
        reading = _Reading({iri})
        own = self._properties(iri)
        act = next((act for act in sorted(self._classes.acts) if own.get(act)), "")
        speakers, types = own.get(SPEAKER), own.get(TYPE.value, ())
        if not act or not speakers or self._classes.statements.isdisjoint(types):
            return None
        for content in sorted(own[act]):
            self._visit(content, reading, _MAX_DEPTH)
        sources = sorted(own.get(REPORTED_IN, ()))
        reading.links |= {(FROM, source) for source in sources}
        days = self._properties(own[act][0]) if act not in _WITHOUT_DAYS else {}
        earliest, latest = (min(days.get(term.value, [""])) for term in (EARLIEST, LATEST))
        return StatementFacts(
            iri=iri,
            act=act.removeprefix(CK),
            speaker=min(speakers),
            source=sources[0] if sources else "",
            hedge=min(own.get(HEDGE, [""])),
            earliest=earliest,
            latest=latest,
            is_dated=bool(earliest or latest or days.get(WHEN.value)),
            is_retracted=bool(self._subjects(RETRACTS, iri)),
            is_denied=act == ASSERTS
            and any(self._objects_to(other, iri, reading) for other in self._subjects(DENIES, own[act][0])),
            is_disputed=any(
                self._objects_to(other, iri, reading, min(speakers)) for other in self._subjects(DISPUTES, iri)
            ),
            links=frozenset(reading.links),
            reads=frozenset(reading.reads),
        )

    def read_thing(self, iri: str) -> ThingFacts | None:
        """The thing; None for what is none."""
        types = self._values(iri, TYPE.value)
        cls = self._classes.class_of(types) if self._classes.things.intersection(types) else None
        if cls is None or not cls.kind:
            return None
        within = tuple(self._above(iri)) if cls.kind == _PLACE else ()
        return ThingFacts(iri, cls.kind, cls.name, self._name(iri) or iri.rsplit("/", 1)[-1], within)

    def _above(self, place: str) -> list[str]:
        """The place and all that it lies in."""
        above = [place]
        for each in above:
            above += [unit for unit in self._values(each, ADMINISTRATIVE_PARENT) if unit not in above]
        return above

    def _objects_to(self, other: str, statement: str, reading: "_Reading", speaker: str = "") -> bool:
        """Whether the other statement stands, and is not of this speaker."""
        reading.reads.add(other)
        if other == statement or self._subjects(RETRACTS, other):
            return False
        return not speaker or speaker not in self._values(other, SPEAKER)

    def _visit(self, iri: str, reading: "_Reading", depth: int) -> None:
        """Link what a statement is about, and what that is about."""
        reading.reads.add(iri)
        types = self._values(iri, TYPE.value)
        if self._classes.things.intersection(types):
            self._link(iri, types, reading)
        elif depth and not self._classes.statements.isdisjoint(types):
            for act in sorted(self._classes.acts):
                for content in sorted(self._values(iri, act)):
                    self._visit(content, reading, depth - 1)
        elif depth and not self._classes.propositions.isdisjoint(types):
            for predicate, values in sorted(self._properties(iri).items()):
                if predicate not in _NO_LINKS:
                    for value in sorted(values):
                        if value not in reading.reads and not value.startswith(VOCAB):
                            self._visit(value, reading, depth - 1)

    def _link(self, thing: str, types: Iterable[str], reading: "_Reading") -> None:
        cls = self._classes.class_of(types)
        if cls is None or not cls.kind:
            return
        reading.links.add((cls.kind, thing))
        if cls.kind != _PLACE:
            return
        for place in self._above(thing):
            reading.links.add((WITHIN, place))
            reading.reads.add(place)

    def _properties(self, iri: str) -> dict[str, list[str]]:
        """The values of the properties of a resource: IRIs, and of literals only days."""
        found: dict[str, list[str]] = {}
        for quad in self._store.match(ox.NamedNode(iri), None, None):
            if isinstance(quad.object, ox.NamedNode) or quad.predicate in (EARLIEST, LATEST, WHEN):
                found.setdefault(quad.predicate.value, []).append(value_of(quad.object))
        return found

    def _values(self, iri: str, predicate: str) -> list[str]:
        """The IRIs that a property has."""
        key = iri, predicate
        if (known := self._known.get(key)) is not None:
            return known
        values = [
            quad.object.value
            for quad in self._store.match(ox.NamedNode(iri), ox.NamedNode(predicate), None)
            if isinstance(quad.object, ox.NamedNode)
        ]
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[key] = values
        return values

    def _subjects(self, predicate: str, iri: str) -> list[str]:
        quads = self._store.match(None, ox.NamedNode(predicate), ox.NamedNode(iri))
        return [quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)]

    def _name(self, iri: str) -> str:
        for predicate in LABEL_PROPERTIES:
            quads = self._store.match(ox.NamedNode(iri), ox.NamedNode(predicate), None)
            labels = sorted(_order_of_labels(quads))
            if labels:
                return labels[0][1]
        return ""


@dataclass(slots=True)
class _Reading:
    """What is collected while a statement is read."""

    reads: set[str]
    links: set[tuple[str, str]] = field(default_factory=set)


def _order_of_labels(quads: Iterable[ox.Quad]) -> Iterator[tuple[bool, str]]:
    for quad in quads:
        if isinstance(quad.object, ox.Literal):
            yield quad.object.language not in ("en", None), quad.object.value
