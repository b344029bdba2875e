"""What belongs to the description of a resource: its own quads, and whatever they must not be shown without.

Owns how far to follow. A thing comes with the propositions about it, a proposition with every statement on it, a
statement with its words, its source and what disputes, retracts or restates it: no content leaves here without those
who say it. Follows classes and ranges of the ontology; knows no syntax and no page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, Solution, text_of

_HERE = Path(__file__).parent
_DESCRIBED = QueryTemplate.read(_HERE / "described.rq")
_POINTING = QueryTemplate.read(_HERE / "pointing.rq")

_ANSWERING = (f"{namespaces.CK}disputes", f"{namespaces.CK}restates")
_SOURCES = (f"{namespaces.CK}reportedIn", namespaces.HAS_SOURCE.value)

Index = dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]]


@dataclass(frozen=True)
class BoundedDescription:
    """Quads, sorted; ``is_cut`` where more resources bear on the focus than were followed."""

    focus: str
    quads: tuple[ox.Quad, ...]
    is_cut: bool
    objects: Index = field(repr=False)
    subjects: Index = field(repr=False)

    @classmethod
    def of(cls, focus: str, quads: Iterable[ox.Quad], is_cut: bool = False) -> "BoundedDescription":
        """The description that these quads are."""
        ordered = tuple(sorted(set(quads), key=str))
        objects: Index = defaultdict(lambda: defaultdict(list))
        subjects: Index = defaultdict(lambda: defaultdict(list))
        for quad in ordered:
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            objects[quad.subject.value][quad.predicate.value].append(quad.object)
            if isinstance(quad.object, ox.NamedNode):
                subjects[quad.object.value][quad.predicate.value].append(quad.subject)
        return cls(focus, ordered, is_cut, objects, subjects)

    def values(self, subject: str, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        """What the subject has for this property."""
        return self.objects.get(subject, {}).get(predicate, [])

    def iris(self, subject: str, predicate: str) -> list[str]:
        """The resources that the subject points at by this property."""
        return [each.value for each in self.values(subject, predicate) if isinstance(each, ox.NamedNode)]

    def text(self, subject: str, predicate: str) -> str:
        """The only value of the property as text; empty without one."""
        return next((str(getattr(each, "value", each)) for each in self.values(subject, predicate)), "")

    def pointing(self, predicate: str, at: str) -> list[str]:
        """The resources that point at one by this property."""
        found = self.subjects.get(at, {}).get(predicate, [])
        return [each.value for each in found if isinstance(each, ox.NamedNode)]

    def home(self, subject: str) -> str:
        """The home graph of a resource; empty where none describes it."""
        node = ox.NamedNode(subject)
        graphs = (quad.graph_name for quad in self.quads if quad.subject == node)
        return next((each.value for each in graphs if isinstance(each, ox.NamedNode)), "")


def describe(store: Queryable, schema: Schema, iri: str, limit: int | None = None) -> BoundedDescription | None:
    """The description of a resource, or None where nothing describes it.

    With ``limit``, of the resources that bear on it only so many, the first by IRI, are followed.
    """
    return _Traversal(store, ClassIndex(schema), iri, limit).description()


def exists(store: Queryable, iri: str) -> bool:
    """Whether any home graph describes this resource."""
    return bool(_DESCRIBED.select_each(store, [ox.NamedNode(iri)]).rows)


class _Traversal:
    def __init__(self, store: Queryable, families: ClassIndex, focus: str, limit: int | None) -> None:
        self.store, self.families, self.focus, self.limit = store, families, focus, limit
        self.quads: dict[str, list[ox.Quad]] = {}
        self.is_cut = False
        self.climbs = False
        """The focus is a part, such as a selector or a count: what it is part of comes with it."""

    def description(self) -> BoundedDescription | None:
        pending = {self.focus}
        while pending := {each for each in pending if each not in self.quads}:
            found = self._fetched(pending)
            if self.focus in pending:
                if not found[self.focus]:
                    return None
                self.climbs = not self._types(self.focus) & self.families.independent
            pending = set(self._outgoing(found)) | set(self._incoming(pending))
        names = {quad.graph_name for each in self.quads.values() for quad in each}
        self._fetched({each.value for each in names if isinstance(each, ox.NamedNode)} - self.quads.keys())
        return BoundedDescription.of(self.focus, (quad for each in self.quads.values() for quad in each), self.is_cut)

    def _fetched(self, iris: Iterable[str]) -> Mapping[str, Sequence[ox.Quad]]:
        found: dict[str, list[ox.Quad]] = {iri: [] for iri in iris}
        for row in _DESCRIBED.select_each(self.store, map(ox.NamedNode, found)).rows:
            found[text_of(row["subject"])].append(_quad(row))
        self.quads |= found
        return found

    def _types(self, iri: str) -> set[str]:
        return {
            q.object.value for q in self.quads[iri] if q.predicate == namespaces.TYPE and hasattr(q.object, "value")
        }

    def _outgoing(self, found: Mapping[str, Sequence[ox.Quad]]) -> Iterator[str]:
        follow = self.families.part_predicates | self.families.acts
        for iri, quads in found.items():
            is_thing = bool(self._types(iri) & self.families.things)
            for quad in quads:
                leads = quad.predicate.value in (() if is_thing else (*follow, *_SOURCES))
                if leads and isinstance(quad.object, ox.NamedNode):
                    yield quad.object.value

    def _incoming(self, iris: Iterable[str]) -> Iterator[str]:
        asked = [ox.NamedNode(iri) for iri in iris if iri == self.focus or self._is_followed_back(iri)]
        bearing = set()
        for row in _POINTING.select_each(self.store, asked).rows:
            target, subject = text_of(row["object"]), text_of(row["subject"])
            if not isinstance(row["subject"], ox.NamedNode) or not self._leads_back(row, target):
                continue
            if target == self.focus:
                bearing.add(subject)
            else:
                yield subject
        kept = sorted(bearing)[: self.limit]
        self.is_cut = self.is_cut or len(kept) < len(bearing)
        yield from kept

    def _is_followed_back(self, iri: str) -> bool:
        types, families = self._types(iri), self.families
        return bool(types & (families.propositions | families.statements)) or (
            self.climbs and namespaces.PASSAGE.value in types
        )

    def _leads_back(self, row: Solution, target: str) -> bool:
        source, predicate = text_of(row["class"]), text_of(row["predicate"])
        families = self.families
        if target == self.focus and not (self._types(target) & families.graphs):
            return source in families.schema.classes and source not in families.things | families.graphs
        types = self._types(target)
        if types & families.propositions:
            return source in families.propositions or predicate in families.acts
        if types & families.statements:
            return predicate in families.acts or predicate in _ANSWERING
        return source in families.statements


def _quad(row: Solution) -> ox.Quad:
    subject, predicate, target, graph = (row[name] for name in ("subject", "predicate", "object", "graph"))
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(predicate, ox.NamedNode)
    assert isinstance(graph, ox.NamedNode)
    assert target is not None
    return ox.Quad(subject, predicate, target, graph)
