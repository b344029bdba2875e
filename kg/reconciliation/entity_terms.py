"""The types and properties of entities, derived from the schema: a new class of things or claims needs no Python.

Entities are things. Their own fields are properties; what is said of them is one property for each class of claims,
which has a speaker in each of its values, and further properties for the parts of such a value.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kg import namespaces
from kg.errors import BadParameterError
from kg.name_folding import fold_name
from kg.nearest_names import nearest_names
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, local_name

_LEFT_OUT = frozenset({"inferred", "inferenceNote", "replaces", "hiddenLabel", "issuedSpan"})
HOME_GRAPH = "homeGraph"


class Part(StrEnum):
    """A part of what is said of an entity: one statement on one claim."""

    WHOLE = ""
    """All of it in one sentence: what, who says so, where, and how it is hedged."""
    VALUE = "value"
    ACT = "act"
    SPEAKER = "speaker"
    SOURCE = "source"
    HEDGE = "hedge"
    STATEMENT = "statement"
    STATUS = "status"
    """How the claim stands by all that is said of it."""


ATTRIBUTION = (Part.ACT, Part.SPEAKER, Part.SOURCE, Part.HEDGE, Part.STATEMENT)
"""The parts without which a contested part is not returned."""
CONTESTED = (Part.VALUE, Part.ACT, Part.STATUS)
_PART_NAMES = {
    Part.WHOLE: "who says what",
    Part.VALUE: "what is said",
    Part.ACT: "what the speaker did",
    Part.SPEAKER: "speaker",
    Part.SOURCE: "source",
    Part.HEDGE: "hedge",
    Part.STATEMENT: "statement",
    Part.STATUS: "how it stands",
}
_CONDITIONS = (Part.WHOLE, Part.VALUE, Part.SPEAKER, Part.SOURCE)


@dataclass(frozen=True, slots=True)
class EntityType:
    """A class of things."""

    id: str
    iri: str
    name: str
    definition: str
    kind: str
    broader: tuple[str, ...]
    """The ids of the classes directly above it."""


@dataclass(frozen=True, slots=True)
class EntityProperty:
    """Something that entities of some types have."""

    id: str
    name: str
    description: str
    types: frozenset[str]
    """The IRIs of the classes of things that have it."""
    predicate: str = ""
    """Of a field of the thing itself."""
    claim: str = ""
    """The class of the claims of which this is a part."""
    part: Part = Part.WHOLE

    @property
    def is_condition(self) -> bool:
        """Whether a query may require a value of it."""
        return bool(self.predicate) or (bool(self.claim) and self.part in _CONDITIONS)


class EntityTerms:
    """The types and properties by their ids."""

    def __init__(self, index: ClassIndex) -> None:
        self._index = index
        self.types = {each.id: each for each in _list_types(index)}
        self.properties = {each.id: each for each in _list_properties(index)}

    def find_type(self, name: str) -> EntityType:
        """The type of this id, IRI or kind. Raises BadParameterError with the nearest ids."""
        wanted = name.removeprefix(namespaces.CK)
        if wanted in self.types:
            return self.types[wanted]
        for each in self.types.values():
            if name in (each.kind, each.name) and not self._has_broader_of_kind(each):
                return each
        raise BadParameterError("type", f"there is no type {name!r}; {_offer(name, self.types)}")

    def find_property(self, name: str) -> EntityProperty:
        """The property of this id or IRI. Raises BadParameterError with the nearest ids."""
        wanted = name.removeprefix(namespaces.CK)
        if wanted in self.properties:
            return self.properties[wanted]
        raise BadParameterError("property", f"there is no property {name!r}; {_offer(name, self.properties)}")

    def types_of(self, classes: Iterable[str]) -> list[EntityType]:
        """The types of an entity with these classes, the most specific first."""
        lowest = self._index.class_of(iri for iri in classes if iri in self._index.things)
        return self._with_broader([local_name(lowest.iri)]) if lowest else []

    def is_of(self, types: Sequence[EntityType], wanted: EntityType) -> bool:
        """Whether an entity with these types is of the wanted one."""
        return any(each.id == wanted.id for each in types)

    def properties_of(self, type_: EntityType | None) -> list[EntityProperty]:
        """The properties that entities of the type may have; all of them without one."""
        return [each for each in self.properties.values() if type_ is None or type_.iri in each.types]

    def search_types(self, prefix: str) -> list[EntityType]:
        """Those whose name or id has a word that begins so."""
        return [each for each in self.types.values() if _begins(prefix, each.id, each.name)]

    def search_properties(self, prefix: str) -> list[EntityProperty]:
        """Those whose name or id has a word that begins so."""
        return [each for each in self.properties.values() if _begins(prefix, each.id, each.name)]

    def _with_broader(self, ids: Sequence[str]) -> list[EntityType]:
        found: dict[str, EntityType] = {}
        pending = list(ids)
        while pending:
            each = self.types[pending.pop(0)]
            found.setdefault(each.id, each)
            pending += each.broader
        return list(found.values())

    def _has_broader_of_kind(self, type_: EntityType) -> bool:
        return any(self.types[broader].kind == type_.kind for broader in type_.broader)


def _list_types(index: ClassIndex) -> Iterator[EntityType]:
    for iri in sorted(index.things - {namespaces.THING}):
        cls = index.schema.classes[iri]
        broader = (local_name(parent) for parent in cls.parents if parent in index.things - {namespaces.THING})
        yield EntityType(cls.name, iri, cls.label, cls.definition, cls.kind or "", tuple(broader))


def _list_properties(index: ClassIndex) -> Iterator[EntityProperty]:
    yield from _list_fields(index)
    yield EntityProperty(
        HOME_GRAPH, "described in", "The home graph that describes it, on whose authority its fields are.", index.things
    )
    for iri in sorted(index.propositions - {namespaces.PROPOSITION}):
        cls = index.schema.classes[iri]
        types = frozenset(_subjects_of(index, cls))
        if not types:
            continue
        for part in Part:
            yield EntityProperty(
                id=f"{cls.name}.{part}" if part else cls.name,
                name=f"{cls.label}: {_PART_NAMES[part]}",
                description=cls.definition,
                types=types,
                claim=iri,
                part=part,
            )


def _list_fields(index: ClassIndex) -> Iterator[EntityProperty]:
    """The fields that things have themselves, which are not contested."""
    found: dict[str, EntityProperty] = {}
    for iri in sorted(index.things):
        for field in index.schema.classes[iri].fields.values():
            if not field.predicate or field.inverse or field.name in _LEFT_OUT:
                continue
            known = found.get(field.name)
            types = (known.types if known else frozenset()) | {iri}
            found[field.name] = EntityProperty(field.name, field.label, field.description, types, field.predicate)
    yield from found.values()


def _subjects_of(index: ClassIndex, claim: Class) -> Iterator[str]:
    """The classes of things that claims of this class may be about."""
    for field in claim.fields.values():
        if field.predicate and not field.inverse:
            for range_ in field.classes:
                if range_ in index.things:
                    yield from index.schema.subclasses(range_)


def _begins(prefix: str, *names: str) -> bool:
    wanted = fold_name(prefix)
    # An id such as IncidentAccount is found by each of its words.
    return any(f" {wanted}" in f" {fold_name(spelled)}" for name in names for spelled in (name, _spaced(name)))


def _spaced(name: str) -> str:
    return "".join(f" {sign}" if sign.isupper() else sign for sign in name)


def _offer(name: str, known: Iterable[str]) -> str:
    return f"use one of {', '.join(nearest_names(name, known) or sorted(known)[:5])}"
