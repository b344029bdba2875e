"""Concise Bounded Descriptions of resources, extended so that no contested content comes without its statements.

Owns how far to follow: from a thing to the propositions about it, from a proposition to every statement on it, from a
statement to its quotes, its source and the statements that dispute, retract or restate it. Follows classes and ranges
of the ontology; knows no syntax and no page. (https://www.w3.org/submissions/CBD/)
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyoxigraph as ox

from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.store.interface import Queryable
from kg.views.reader import BoundedReader, Bounds, Reference, Term

_RESPONSES = (f"{namespaces.CK}disputes", f"{namespaces.CK}restates")
_SOURCES = (f"{namespaces.CK}reportedIn", namespaces.HAS_SOURCE.value)

TermIndex = dict[str, dict[str, list[Term]]]


@dataclass(frozen=True)
class BoundedDescription:
    """The sorted quads about a resource."""

    focus: str
    quads: tuple[ox.Quad, ...]
    objects: TermIndex = field(repr=False)
    subjects: TermIndex = field(repr=False)
    incomplete: frozenset[str] = frozenset()
    """Resources of which quads, or references to them, are left out."""
    totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict, repr=False)
    """For incomplete resources: how many resources of each class refer to them."""

    @classmethod
    def of(
        cls,
        focus: str,
        quads: Iterable[ox.Quad],
        incomplete: Iterable[str] = (),
        totals: Mapping[str, Mapping[str, int]] | None = None,
    ) -> "BoundedDescription":
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
        return cls(focus, ordered, objects, subjects, frozenset(incomplete), totals or {})

    @property
    def is_cut(self) -> bool:
        """Whether the store has more about the focus, or about what belongs to it."""
        return bool(self.incomplete)

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

    def all_referrers(self, object_: str) -> set[str]:
        """The subjects that have this object, whatever the predicate."""
        return {iri for predicate in self.subjects.get(object_, {}) for iri in self.referrers(predicate, object_)}

    def types(self, subject: str) -> list[str]:
        """The classes of a resource."""
        return self.iris(subject, namespaces.TYPE.value)

    def home_graph(self, subject: str) -> str:
        """The home graph of a resource; empty where none describes it."""
        return self.homes.get(subject, "")

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """The home graph of each subject."""
        homes: dict[str, str] = {}
        for quad in self.quads:
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.graph_name, ox.NamedNode):
                homes.setdefault(quad.subject.value, quad.graph_name.value)
        return homes


def describe(
    store: Queryable,
    index: ClassIndex,
    iri: str,
    bounds: Bounds | None = None,
    *,
    members: Collection[str] = (),
) -> BoundedDescription | None:
    """The description of a resource, or None where no home graph describes it; complete without ``bounds``.

    ``members``: classes, if of what refers to the resource only the instances of these are described.
    """
    reader = BoundedReader(store, bounds)
    quads = _Traversal(reader, index, iri, member_classes=members).collect_quads()
    return BoundedDescription.of(iri, quads, reader.incomplete, reader.totals) if quads else None


_SHARES_OF_REFERENCES = (1, 3, 9)
"""Of the references that the bounds allow, one in so many is followed: all at first."""


def describe_for_page(store: Queryable, index: ClassIndex, iri: str, bounds: Bounds) -> BoundedDescription | None:
    """The same; of a statement also the statements that it names, such as one that it disputes or rests on.

    Fewer of the resources that refer to it are described where they are so large that the bounds would cut what is said
    from who says it.
    """
    for share in _SHARES_OF_REFERENCES:
        reader = BoundedReader(store, replace(bounds, references=bounds.references // share))
        traversal = _Traversal(reader, index, iri)
        quads = traversal.collect_quads()
        if not quads:
            return None
        if traversal.is_statement:
            quads = traversal.collect_linked()
        if traversal.is_statement or not traversal.has_cut_content:
            break
    return BoundedDescription.of(iri, quads, reader.incomplete, reader.totals)


def collect_quads(store: Queryable, index: ClassIndex, iri: str) -> Collection[ox.Quad]:
    """The quads of the complete description, in no order; none where no home graph describes the resource.

    Raises QueryLimitError for a description that is too large.
    """
    return _Traversal(BoundedReader(store), index, iri).collect_quads()


PAGE_MEMBERS = 500
"""Resources that refer to the focus, on one page of its description."""


@dataclass(frozen=True)
class DescriptionPage:
    """A page of a complete description: the focus, and some of the resources that refer to it, described."""

    focus: str
    quads: Collection[ox.Quad]
    number: int
    count: int
    """Of pages, at least 1."""
    members: Sequence[str]
    """The resources that refer to the focus, on this page."""
    total: int
    """How many refer to it, on all pages."""


def collect_page(store: Queryable, index: ClassIndex, iri: str, number: int = 1) -> DescriptionPage | None:
    """The page of the description, from 1; no quads beyond the last, None where no home graph describes the resource.

    All pages together have the quads of the complete description. Raises QueryLimitError if a page is too large.
    """
    traversal = _Traversal(BoundedReader(store), index, iri, number)
    quads = traversal.collect_quads()
    if not quads:
        return None
    total = traversal.total
    count = max(1, -(-total // PAGE_MEMBERS))
    return DescriptionPage(iri, quads if number <= count else (), number, count, traversal.members, total)


class _Traversal:
    """Follows resources from the focus, one query for all of a distance, until there are no new ones."""

    def __init__(
        self,
        reader: BoundedReader,
        index: ClassIndex,
        focus: str,
        page: int | None = None,
        member_classes: Collection[str] = (),
    ) -> None:
        self.reader, self.index, self.focus = reader, index, focus
        self._page, self._member_classes = page, member_classes
        self.members: Sequence[str] = ()
        """What refers to the focus; of one page, if one was asked for."""
        self.total = 0
        """Of these, on all pages."""
        self.quads: dict[str, Sequence[ox.Quad]] = {}
        self._types: dict[str, set[str]] = {}
        self.is_part = False
        """The focus is a part, such as a selector or a count: it is described with the resource it is part of."""

    def collect_quads(self) -> Collection[ox.Quad]:
        """The quads of the description; none where nothing describes the focus."""
        pending = {self.focus}
        while pending := pending - self.quads.keys():
            fetched = self._fetch(pending)
            if self.focus in pending:
                if not fetched[self.focus]:
                    return ()
                self.is_part = not self._types[self.focus] & self.index.independent
                self._find_members()
            pending = set(self._follow_objects(fetched)) | set(self._follow_references(pending))
        graphs = {quad.graph_name for quads in self.quads.values() for quad in quads}
        self._fetch({graph.value for graph in graphs if isinstance(graph, ox.NamedNode)} - self.quads.keys())
        return {quad for quads in self.quads.values() for quad in quads}

    @property
    def has_cut_content(self) -> bool:
        """Whether the bounds have left out a resource, or what a proposition or statement says, or who says it."""
        content = self.index.propositions | self.index.statements
        cut = (self._types.get(iri) for iri in self.reader.incomplete - {self.focus})
        return any(not types or types & content for types in cut)

    @property
    def is_statement(self) -> bool:
        """Whether the focus is one; once its quads were collected."""
        return bool(self._types[self.focus] & self.index.statements)

    def collect_linked(self) -> Collection[ox.Quad]:
        """After ``collect_quads``: the same quads, and those of the statements that the focus names."""
        named = {quad.object.value for quad in self.quads[self.focus] if isinstance(quad.object, ox.NamedNode)}
        linked = self._fetch(named - self.quads.keys())
        others = {iri for iri in linked if not self._types[iri] & self.index.statements}
        statements = linked.keys() - others
        for iri in others:
            del self.quads[iri]
        described = [iri for iri in self.quads if self._types[iri] & self.index.statements]
        references = self.reader.read_references(described)
        responding = {each.subject for each in references if each.class_ in self.index.statements}
        pending = {*statements, *responding - self.quads.keys()}
        while pending:
            self._fetch(pending - self.quads.keys())
            pending = set(self._follow_objects({iri: self.quads[iri] for iri in pending})) - self.quads.keys()
        return {quad for quads in self.quads.values() for quad in quads}

    def _fetch(self, iris: Iterable[str]) -> Mapping[str, Sequence[ox.Quad]]:
        fetched = self.reader.read_quads(iris)
        self.quads |= fetched
        for iri, quads in fetched.items():
            types = (quad.object for quad in quads if quad.predicate == namespaces.TYPE)
            self._types[iri] = {type_.value for type_ in types if isinstance(type_, ox.NamedNode)}
        return fetched

    def _follow_objects(self, fetched: Mapping[str, Sequence[ox.Quad]]) -> Iterator[str]:
        """The parts, objects and sources of what was fetched; nothing from a thing, which has no contested content."""
        followed = {*self.index.part_predicates, *self.index.acts, *_SOURCES}
        for iri, quads in fetched.items():
            if self._types[iri] & self.index.things:
                continue
            for quad in quads:
                if quad.predicate.value in followed and isinstance(quad.object, ox.NamedNode):
                    yield quad.object.value

    def _find_members(self) -> None:
        """The resources that refer to the focus and belong to its description; those of the page, in order."""
        if self._page is None:
            classes = self._member_classes
            references = (
                self.reader.read_instances(self.focus, classes)
                if classes
                else self.reader.read_references([self.focus])
            )
            self.members = sorted({reference.subject for reference in references if self._belongs(reference)})
            return
        belongs: dict[tuple[str, str], bool] = {}
        members: set[str] = set()
        for reference in self.reader.read_referrers(self.focus):
            key = reference.class_, reference.predicate
            if key not in belongs:
                belongs[key] = self._belongs(reference)
            if belongs[key]:
                members.add(reference.subject)
        self.total = len(members)
        start = (self._page - 1) * PAGE_MEMBERS
        self.members = sorted(members)[start : start + PAGE_MEMBERS]

    def _follow_references(self, iris: Collection[str]) -> Iterator[str]:
        """The resources that refer to these and belong to their description."""
        if self.focus in iris:
            yield from self.members
        targets = [iri for iri in iris if iri != self.focus and self._is_referenced(iri)]
        for reference in self.reader.read_references(targets):
            if self._belongs(reference):
                yield reference.subject

    def _is_referenced(self, iri: str) -> bool:
        """Whether resources that refer to this one belong to the description."""
        types = self._types[iri]
        is_content = bool(types & (self.index.propositions | self.index.statements))
        return is_content or (self.is_part and namespaces.PASSAGE.value in types)

    def _belongs(self, reference: Reference) -> bool:
        """Whether the subject of a reference belongs to the description of its target."""
        subject_class, predicate = reference.class_, reference.predicate
        index, types = self.index, self._types[reference.target]
        if reference.target == self.focus and not types & index.graphs:
            return subject_class in index.schema.classes and subject_class not in index.things | index.graphs
        if types & index.propositions:
            return subject_class in index.propositions or predicate in index.acts
        if types & index.statements:
            return predicate in index.acts or predicate in _RESPONSES
        return subject_class in index.statements
