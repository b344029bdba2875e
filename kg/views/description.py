"""Concise Bounded Descriptions of resources, extended so that no contested content comes without its statements.

Owns how far to follow: from a thing to the propositions about it, from a proposition to every statement on it, from a
statement to its quotes, its source and the statements that dispute, retract or restate it. Follows classes and ranges
of the ontology; knows no syntax and no page. (https://www.w3.org/submissions/CBD/)
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
_SUBJECT_QUADS = QueryTemplate.read(_HERE / "subject-quads.rq")
_REFERENCES = QueryTemplate.read(_HERE / "references.rq")

_RESPONSES = (f"{namespaces.CK}disputes", f"{namespaces.CK}restates")
_SOURCES = (f"{namespaces.CK}reportedIn", namespaces.HAS_SOURCE.value)

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
TermIndex = dict[str, dict[str, list[Term]]]


@dataclass(frozen=True)
class BoundedDescription:
    """The sorted quads about a resource; ``is_cut`` where more resources refer to it than were followed."""

    focus: str
    quads: tuple[ox.Quad, ...]
    is_cut: bool
    objects: TermIndex = field(repr=False)
    subjects: TermIndex = field(repr=False)

    @classmethod
    def of(cls, focus: str, quads: Iterable[ox.Quad], is_cut: bool = False) -> "BoundedDescription":
        """The description that consists of these quads."""
        ordered = tuple(sorted(set(quads), key=str))
        objects: TermIndex = defaultdict(lambda: defaultdict(list))
        subjects: TermIndex = defaultdict(lambda: defaultdict(list))
        for quad in ordered:
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            objects[quad.subject.value][quad.predicate.value].append(quad.object)
            if isinstance(quad.object, ox.NamedNode):
                subjects[quad.object.value][quad.predicate.value].append(quad.subject)
        return cls(focus, ordered, is_cut, objects, subjects)

    def values(self, subject: str, predicate: str) -> list[Term]:
        """The objects of a subject and predicate."""
        return self.objects.get(subject, {}).get(predicate, [])

    def iris(self, subject: str, predicate: str) -> list[str]:
        """The objects of a subject and predicate that are IRIs."""
        return [term.value for term in self.values(subject, predicate) if isinstance(term, ox.NamedNode)]

    def text(self, subject: str, predicate: str) -> str:
        """The text of one object; empty without one."""
        return next((str(getattr(term, "value", term)) for term in self.values(subject, predicate)), "")

    def referrers(self, predicate: str, object_: str) -> list[str]:
        """The subjects that have this predicate and object."""
        subjects = self.subjects.get(object_, {}).get(predicate, [])
        return [term.value for term in subjects if isinstance(term, ox.NamedNode)]

    def types(self, subject: str) -> list[str]:
        """The classes of a resource."""
        return self.iris(subject, namespaces.TYPE.value)

    def home_graph(self, subject: str) -> str:
        """The home graph of a resource; empty where none describes it."""
        node = ox.NamedNode(subject)
        graphs = (quad.graph_name for quad in self.quads if quad.subject == node)
        return next((graph.value for graph in graphs if isinstance(graph, ox.NamedNode)), "")


def describe(store: Queryable, schema: Schema, iri: str, limit: int | None = None) -> BoundedDescription | None:
    """The description of a resource, or None where no home graph describes it.

    With ``limit``, only the first so many resources that refer to it, by IRI, are followed.
    """
    return _Traversal(store, ClassIndex(schema), iri, limit).describe()


def exists(store: Queryable, iri: str) -> bool:
    """Whether any home graph describes this resource."""
    return bool(_SUBJECT_QUADS.select_each(store, [ox.NamedNode(iri)]).rows)


class _Traversal:
    """Follows resources from the focus, one query for all of a distance, until there are no new ones."""

    def __init__(self, store: Queryable, index: ClassIndex, focus: str, limit: int | None) -> None:
        self.store, self.index, self.focus, self.limit = store, index, focus, limit
        self.quads: dict[str, list[ox.Quad]] = {}
        self.is_cut = False
        self.is_part = False
        """The focus is a part, such as a selector or a count: it is described with the resource it is part of."""

    def describe(self) -> BoundedDescription | None:
        pending = {self.focus}
        while pending := {iri for iri in pending if iri not in self.quads}:
            fetched = self._fetch(pending)
            if self.focus in pending:
                if not fetched[self.focus]:
                    return None
                self.is_part = not self._types(self.focus) & self.index.independent
            pending = set(self._follow_objects(fetched)) | set(self._follow_references(pending))
        graphs = {quad.graph_name for quads in self.quads.values() for quad in quads}
        self._fetch({graph.value for graph in graphs if isinstance(graph, ox.NamedNode)} - self.quads.keys())
        quads = (quad for quads in self.quads.values() for quad in quads)
        return BoundedDescription.of(self.focus, quads, self.is_cut)

    def _fetch(self, iris: Iterable[str]) -> Mapping[str, Sequence[ox.Quad]]:
        fetched: dict[str, list[ox.Quad]] = {iri: [] for iri in iris}
        for row in _SUBJECT_QUADS.select_each(self.store, map(ox.NamedNode, fetched)).rows:
            fetched[text_of(row["subject"])].append(_quad(row))
        self.quads |= fetched
        return fetched

    def _types(self, iri: str) -> set[str]:
        quads = self.quads[iri]
        return {q.object.value for q in quads if q.predicate == namespaces.TYPE and hasattr(q.object, "value")}

    def _follow_objects(self, fetched: Mapping[str, Sequence[ox.Quad]]) -> Iterator[str]:
        """The parts, objects and sources of what was fetched; nothing from a thing, which has no contested content."""
        followed = {*self.index.part_predicates, *self.index.acts, *_SOURCES}
        for iri, quads in fetched.items():
            if self._types(iri) & self.index.things:
                continue
            for quad in quads:
                if quad.predicate.value in followed and isinstance(quad.object, ox.NamedNode):
                    yield quad.object.value

    def _follow_references(self, iris: Iterable[str]) -> Iterator[str]:
        """The resources that refer to these and belong to their description."""
        targets = [ox.NamedNode(iri) for iri in iris if iri == self.focus or self._is_referenced(iri)]
        of_focus = set()
        for row in _REFERENCES.select_each(self.store, targets).rows:
            target, subject = text_of(row["object"]), text_of(row["subject"])
            if not isinstance(row["subject"], ox.NamedNode) or not self._belongs(row, target):
                continue
            if target == self.focus:
                of_focus.add(subject)
            else:
                yield subject
        followed = sorted(of_focus)[: self.limit]
        self.is_cut = self.is_cut or len(followed) < len(of_focus)
        yield from followed

    def _is_referenced(self, iri: str) -> bool:
        """Whether resources that refer to this one belong to the description."""
        types = self._types(iri)
        is_content = bool(types & (self.index.propositions | self.index.statements))
        return is_content or (self.is_part and namespaces.PASSAGE.value in types)

    def _belongs(self, row: Solution, target: str) -> bool:
        """Whether the subject of a reference belongs to the description of its target."""
        subject_class, predicate = text_of(row["class"]), text_of(row["predicate"])
        index, types = self.index, self._types(target)
        if target == self.focus and not types & index.graphs:
            return subject_class in index.schema.classes and subject_class not in index.things | index.graphs
        if types & index.propositions:
            return subject_class in index.propositions or predicate in index.acts
        if types & index.statements:
            return predicate in index.acts or predicate in _RESPONSES
        return subject_class in index.statements


def _quad(row: Solution) -> ox.Quad:
    subject, predicate, target, graph = (row[name] for name in ("subject", "predicate", "object", "graph"))
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(predicate, ox.NamedNode)
    assert isinstance(graph, ox.NamedNode)
    assert target is not None
    return ox.Quad(subject, predicate, target, graph)
