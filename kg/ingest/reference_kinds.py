"""References of statements and propositions to what their property does not take: a place that speaks.

Owns the comparison of classes, and cures that name what was meant: of a statement the proposition that it asserts, of a
proposition the statements about it. Knows no documents.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.statement_defects import Defect
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, Field, Schema

_SPEAKER_CURE = "Name who speaks; for people of whom only the place is known, make an UnnamedActor of its own"
_MAX_NAMED = 3

FindTypes = Callable[[Iterable[object]], Mapping[object, Collection[str]]]
"""From resources to the IRIs of their classes; literals may be left out."""
FindActs = Callable[[object], Iterable[ox.Quad]]
"""From a statement or proposition to the quads that say of which propositions, or in which statements, it speaks."""


def kinds_taken(schema: Schema, predicate: str) -> frozenset[str]:
    """The kinds of what this predicate points at."""
    fields = [field for cls in schema.classes.values() for field in cls.fields.values()]
    ranges = [iri for field in fields if field.predicate == predicate and not field.inverse for iri in field.classes]
    return frozenset(kind for iri in ranges if iri in schema.classes and (kind := schema.classes[iri].kind))


class ReferenceFields:
    """The fields of statements and propositions, and what they take."""

    def __init__(self, schema: Schema, ids: str) -> None:
        self._schema, self._index, self._ids = schema, ClassIndex(schema), ids
        self._fields = {
            (cls.iri, field.predicate): field
            for cls in schema.classes.values()
            for field in cls.fields.values()
            if cls.iri in self._index.statements | self._index.propositions and not field.inverse
        }
        self.predicates = frozenset(predicate for _, predicate in self._fields)
        """The IRIs of their predicates."""
        self.classes = frozenset(cls for cls, _ in self._fields)
        """The IRIs of their classes."""
        self._classes: dict[frozenset[str], Class | None] = {}
        self._allowed = {
            field.classes: frozenset(below for iri in field.classes for below in schema.subclasses(iri))
            for field in self._fields.values()
        }

    def find_other_kinds(
        self, references: Sequence[ox.Quad], find_types: FindTypes, find_acts: FindActs
    ) -> Iterator[Defect]:
        """Those of the references that point at resources of other classes than their field has."""
        types = find_types([node for quad in references for node in (quad.subject, quad.object)])
        for quad in references:
            target = self._class_of(types.get(quad.object, ()))
            cls = self._class_of(types.get(quad.subject, ())) if target else None
            field = self._fields.get((cls.iri, quad.predicate.value)) if cls else None
            if field and target and not self._takes(field, types[quad.object]):
                subject, name = namespaces.value_of(quad.subject), self._shorten(quad.object)
                message = f"{name} is {self._label(target)}, and {field.name} takes {self._range_of(field)}"
                yield subject, quad.predicate.value, message, self._cure(field, quad, find_types, find_acts)

    def refuses(self, cls: str, predicate: str, target: str) -> bool:
        """Whether the field of this class and predicate takes no instances of the target class."""
        field = self._fields.get((cls, predicate))
        return field is not None and target in self._schema.classes and not self._takes(field, (target,))

    def _class_of(self, types: Collection[str]) -> Class | None:
        known = frozenset(types)
        if known not in self._classes:
            self._classes[known] = self._index.class_of(sorted(known))
        return self._classes[known]

    def _takes(self, field: Field, types: Collection[str]) -> bool:
        """Whether the field has no class of this schema, or one of these."""
        if not field.classes or any(iri not in self._schema.classes for iri in field.classes):
            return True
        return not self._allowed[field.classes].isdisjoint(types)

    def _range_of(self, field: Field) -> str:
        return " or ".join(_article(self._schema.classes[iri].label) for iri in field.classes)

    def _label(self, cls: Class) -> str:
        """What the resource is: all propositions alike."""
        is_proposition = cls.iri in self._index.propositions
        return _article(self._schema.classes[namespaces.PROPOSITION].label if is_proposition else cls.label or cls.name)

    def _cure(self, field: Field, reference: ox.Quad, find_types: FindTypes, find_acts: FindActs) -> str:
        """The proposition of that statement, or the statements about that proposition; else what the shape says."""
        if field.predicate == namespaces.SPEAKER:
            return _SPEAKER_CURE
        term = reference.object
        acts = [act for act in find_acts(term) if act.predicate.value in self._index.acts]
        if namespaces.PROPOSITION in field.classes:
            meant = [(act.object, act) for act in acts if act.subject == term]
        elif namespaces.STATEMENT in field.classes:
            meant = [(act.subject, act) for act in acts if act.object == term]
        else:
            meant = []
        types = find_types([other for other, _ in meant])
        written = sorted(
            f"{field.name}: {self._shorten(other)}, which {self._describe(act, term)}"
            for other, act in meant
            if other != reference.subject and self._takes(field, types.get(other, ()))
        )
        return f"Write {' or '.join(written[:_MAX_NAMED])}" if written else field.message

    def _describe(self, act: ox.Quad, term: object) -> str:
        label = self._schema.properties[act.predicate.value].label
        return f"that statement {label}" if act.subject == term else f"{label} it"

    def _shorten(self, term: object) -> str:
        return namespaces.value_of(term).removeprefix(self._ids)


def _article(label: str) -> str:
    return f"an {label}" if label[0] in "aeiou" else f"a {label}"
