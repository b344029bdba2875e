"""The type model: the types, fields and vocabularies that the GraphQL API offers, as plain values.

Knows neither GraphQL nor SPARQL; schema, filters and plan are all derived from it. Built by ``type_model_builder``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kg import namespaces
from kg.schema.model import Scheme

NODE = "Node"


class ValueKind(StrEnum):
    """The scalar of a value, by its name in GraphQL; a concept is an enum instead."""

    TEXT = "Text"
    STRING = "String"
    INTEGER = "Int"
    DECIMAL = "Decimal"
    DATE = "Date"
    EDTF = "EDTF"
    IRI = "IRI"
    BOOLEAN = "Boolean"
    CONCEPT = "concept"


@dataclass(frozen=True, slots=True)
class PathStep:
    """One predicate, followed forwards or backwards."""

    predicate: str
    inverse: bool


HOME_GRAPH = PathStep(f"{namespaces.CK}homeGraph", inverse=False)
"""From a node to its home graph. No triple states it: it is the named graph in which the node has its type."""


@dataclass(frozen=True, slots=True)
class ValueField:
    """A field of literals, foreign IRIs or concepts; ``vocabulary`` names the enum of a concept."""

    name: str
    predicate: str
    kind: ValueKind
    vocabulary: str
    is_required: bool
    is_many: bool
    is_contested: bool
    description: str


@dataclass(frozen=True, slots=True)
class LinkField:
    """A field that leads to other nodes by any of ``steps``; ``target`` names a type or a union."""

    name: str
    steps: tuple[PathStep, ...]
    target: str
    is_required: bool
    is_many: bool
    is_contested: bool
    description: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The enum of a concept scheme: IRIs by enum value, and enum values by IRI."""

    name: str
    description: str
    scheme: Scheme
    iris: dict[str, str]
    names: dict[str, str]

    def within(self, name: str) -> tuple[str, ...]:
        """The IRIs of a concept and of all narrower ones."""
        iris = [self.iris[name]]
        for iri in iris:
            iris += [
                concept.iri for concept in self.scheme.concepts if concept.broader == iri and concept.iri not in iris
            ]
        return tuple(iris)


class TypeCategory(StrEnum):
    """What a type is to attribution: only propositions and their parts have contested fields."""

    THING = "thing"
    PROPOSITION = "proposition"
    STATEMENT = "statement"
    GRAPH = "graph"
    PART = "part"
    """Reached only through what it is part of: a count, a passage, a geometry."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """An object type, or an interface if ``is_interface``; ``classes`` are those of its instances."""

    name: str
    iri: str
    kind: str
    category: TypeCategory
    is_interface: bool
    interfaces: tuple[str, ...]
    classes: tuple[str, ...]
    fields: dict[str, ValueField | LinkField]
    description: str

    @property
    def is_node(self) -> bool:
        """Whether its instances can be selected by id; parts cannot."""
        return self.category is not TypeCategory.PART


@dataclass(frozen=True)
class TypeModel:
    """Types, unions and vocabularies by name; ``acts`` and ``objects`` (the object types) by IRI."""

    types: dict[str, TypeDefinition]
    unions: dict[str, tuple[str, ...]]
    vocabularies: dict[str, Vocabulary]
    acts: dict[str, str]
    objects: dict[str, TypeDefinition]

    def class_field(self, name: str) -> ValueField | None:
        """The field that tells the classes of an object type or interface apart; None if it has one class only."""
        fields = self.types[name].fields.values()
        own = (field for field in fields if isinstance(field, ValueField) and field.predicate == namespaces.TYPE.value)
        iri = self.types[name].iri
        return next((field for field in own if self.vocabularies[field.vocabulary].scheme.iri == iri), None)

    def aspect_names(self, aspects: Iterable[str]) -> list[str]:
        """The enum values of aspects of disputes; those that the schema does not know are left out."""
        names = known.names if (known := self.aspects()) else {}
        return [names[aspect] for aspect in aspects if aspect in names]

    def aspects(self) -> Vocabulary | None:
        """The vocabulary of the aspects of disputes."""
        vocabularies = self.vocabularies.values()
        return next((known for known in vocabularies if known.scheme.iri == namespaces.ASPECTS), None)

    def members(self, name: str) -> tuple[str, ...]:
        """The names of the object types of an object, interface or union; ``Node`` has every node."""
        if name == NODE:
            return tuple(dict.fromkeys(type_.name for type_ in self.objects.values() if type_.is_node))
        if name in self.unions:
            return self.unions[name]
        return tuple(dict.fromkeys(self.objects[iri].name for iri in self.types[name].classes))

    def classes(self, name: str) -> tuple[str, ...]:
        """The classes of the instances of a type or union."""
        return tuple(iri for member in self.members(name) for iri in self.types[member].classes)

    def shared_fields(self, name: str) -> dict[str, ValueField | LinkField]:
        """The fields of a type, or those that all members of a union share: what filters and orders can use."""
        if name in self.types:
            return self.types[name].fields
        first, *rest = [self.types[member].fields for member in self.unions[name]]
        return {key: field for key, field in first.items() if all(fields.get(key) == field for fields in rest)}

    def hierarchy_link(self, name: str) -> LinkField | None:
        """The link by which a thing belongs to another of its type, as a place to a larger one, if it is unique."""
        if name not in self.types or self.types[name].category is not TypeCategory.THING:
            return None
        classes = set(self.classes(name))
        links = [
            field
            for field in self.types[name].fields.values()
            if isinstance(field, LinkField)
            and not field.is_many
            and not any(step.inverse for step in field.steps)
            and classes <= set(self.classes(field.target))
        ]
        return links[0] if len(links) == 1 else None

    def home_graph_link(self) -> LinkField | None:
        """The link from any node to its home graph; None if the schema has no class of home graphs."""
        graphs = [type_ for type_ in self.types.values() if type_.category is TypeCategory.GRAPH]
        if not graphs:
            return None
        target = max(graphs, key=lambda type_: len(type_.classes))
        return LinkField(
            name="homeGraph",
            steps=(HOME_GRAPH,),
            target=target.name,
            is_required=False,
            is_many=False,
            is_contested=False,
            description="The document that describes it.",
        )
