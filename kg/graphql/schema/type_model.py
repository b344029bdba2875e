"""What the API offers, read from the schema: types with values and links; knows neither GraphQL nor SPARQL.

Owns which class becomes an object, an interface or a union, which field a value or a link, and what is contested. A
class, a field, a scheme that is added to ontology and shapes is added here, and nowhere by hand.
"""

from dataclasses import dataclass
from enum import StrEnum

from kg import namespaces
from kg.graphql.schema.inflection import constant_case, pascal_case
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, Field, Schema, Scheme, local_name
from kg.schema.property_path import AlternativePath, split_path

NODE = "Node"


class ValueKind(StrEnum):
    """How a value is written in GraphQL."""

    TEXT = "Text"
    STRING = "String"
    INTEGER = "Int"
    DECIMAL = "Decimal"
    DATE = "Date"
    EDTF = "EDTF"
    IRI = "IRI"
    BOOLEAN = "Boolean"
    CONCEPT = "concept"


_KINDS = {
    f"{namespaces.RDF}langString": ValueKind.TEXT,
    f"{namespaces.XSD}integer": ValueKind.INTEGER,
    f"{namespaces.XSD}decimal": ValueKind.DECIMAL,
    f"{namespaces.XSD}double": ValueKind.DECIMAL,
    f"{namespaces.XSD}date": ValueKind.DATE,
    f"{namespaces.XSD}boolean": ValueKind.BOOLEAN,
    namespaces.EDTF: ValueKind.EDTF,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One predicate, followed forwards or backwards."""

    predicate: str
    inverse: bool


@dataclass(frozen=True, slots=True)
class ValueField:
    """A field that holds literals, IRIs of elsewhere or concepts; ``vocabulary`` names the enum of a concept."""

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
    steps: tuple[Step, ...]
    target: str
    is_required: bool
    is_many: bool
    is_contested: bool
    description: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """An enum: the values of a scheme, by name and by IRI; ``broader`` has the group of a value."""

    name: str
    description: str
    scheme: Scheme
    iris: dict[str, str]
    names: dict[str, str]

    def within(self, name: str) -> tuple[str, ...]:
        """The IRIs of a value and of all that is narrower."""
        found = [self.iris[name]]
        for iri in found:
            found += [each.iri for each in self.scheme.concepts if each.broader == iri and each.iri not in found]
        return tuple(found)


class TypeCategory(StrEnum):
    """What may be said of a type: only of propositions and their parts anything is contested."""

    THING = "thing"
    PROPOSITION = "proposition"
    STATEMENT = "statement"
    GRAPH = "graph"
    PART = "part"
    """Reached only through what it is part of: a count, a passage, a geometry."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """An object, or an interface where ``is_interface``; ``classes`` are those its instances may have."""

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
        """Whether it has an entry of its own: a part has none."""
        return self.category is not TypeCategory.PART


@dataclass(frozen=True)
class TypeModel:
    """Everything by name; ``objects`` has the object type of each class that instances have."""

    types: dict[str, TypeDefinition]
    unions: dict[str, tuple[str, ...]]
    vocabularies: dict[str, Vocabulary]
    acts: dict[str, str]
    objects: dict[str, TypeDefinition]

    def members(self, name: str) -> tuple[str, ...]:
        """The names of the object types that a type or union stands for; ``Node`` stands for every node."""
        if name == NODE:
            return tuple(each.name for each in self.objects.values() if each.is_node)
        if name in self.unions:
            return self.unions[name]
        return tuple(self.objects[iri].name for iri in self.types[name].classes)

    def classes(self, name: str) -> tuple[str, ...]:
        """The classes that instances of a type or union may have."""
        return tuple(self.types[member].iri for member in self.members(name))

    def shared_fields(self, name: str) -> dict[str, ValueField | LinkField]:
        """The fields a filter of this type or union can use: those of every member."""
        if name in self.types:
            return self.types[name].fields
        first, *rest = [self.types[member].fields for member in self.unions[name]]
        return {key: field for key, field in first.items() if all(each.get(key) == field for each in rest)}

    def hierarchy_link(self, name: str) -> LinkField | None:
        """The only link by which a thing belongs to another of its type, as a place to a larger one; None otherwise."""
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


HOME_GRAPH = Step(f"{namespaces.CK}homeGraph", inverse=False)
"""From a node to the document that describes it. No triple says so: it is the graph in which the node has its type."""


def home_graph_link(model: TypeModel) -> LinkField | None:
    """The link from any node to its home graph; None where the schema knows of no documents."""
    found = [each for each in model.types.values() if each.category is TypeCategory.GRAPH]
    if not found:
        return None
    target = max(found, key=lambda each: len(each.classes))
    return LinkField("homeGraph", (HOME_GRAPH,), target.name, False, False, False, "The document that describes it.")


def build_type_model(schema: Schema) -> TypeModel:
    """The API that the schema implies; the same schema always gives the same."""
    return _TypeModelBuilder(schema).model()


class _TypeModelBuilder:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.families = ClassIndex(schema)
        self.shaped = [each for each in schema.classes.values() if each.fields]
        self.closed = {target for shape in schema.node_shapes if shape.is_closed for target in shape.targets}
        self.vocabularies = {each.name: each for each in map(self._vocabulary, schema.schemes.values())}
        self.by_scheme = {each.scheme.iri: each for each in self.vocabularies.values()}
        self.parts = self._parts()
        self.unions: dict[str, tuple[str, ...]] = {}

    def model(self) -> TypeModel:
        types = {}
        for each in self.shaped:
            for made in self._types(each):
                types[made.name] = made
        objects = {each.iri: each for each in types.values() if not each.is_interface}
        acts = {iri: constant_case(local_name(iri)) for iri in sorted(self.families.acts)}
        return TypeModel(types, self.unions, self.vocabularies, acts, objects)

    def _types(self, each: Class) -> list[TypeDefinition]:
        """The object of a class, the interface of what has subclasses, or both."""
        classes = tuple(iri for iri in self._shaped_below(each.iri) if self._has_instances(iri))
        has_subclasses = len(self._shaped_below(each.iri)) > 1
        made = []
        if has_subclasses:
            made.append(self._type(each, self._interface_name(each.iri), True, classes))
        if self._has_instances(each.iri):
            made.append(self._type(each, each.name, False, (each.iri,)))
        return made

    def _type(self, each: Class, name: str, is_interface: bool, classes: tuple[str, ...]) -> TypeDefinition:
        family = self._family(each.iri)
        fields = {field.name: self._field(each, field) for field in each.fields.values()}
        return TypeDefinition(
            name=name,
            iri=each.iri,
            kind=each.kind or "",
            category=family,
            is_interface=is_interface,
            interfaces=tuple(i for i in self._interfaces(each.iri) if i != name),
            classes=classes,
            fields=dict(sorted(fields.items())),
            description=_described(each) or self._shape_description(each.iri) or name,
        )

    def _shape_description(self, iri: str) -> str:
        """What the shape says of a class that another ontology defines."""
        return next((shape.description for shape in self.schema.shapes_of(iri)), "")

    def _interfaces(self, iri: str) -> list[str]:
        above = [each for each in self.shaped if iri in self._shaped_below(each.iri)]
        return sorted(self._interface_name(each.iri) for each in above if len(self._shaped_below(each.iri)) > 1)

    def _interface_name(self, iri: str) -> str:
        name = self.schema.classes[iri].name
        return f"Any{name}" if self._has_instances(iri) else name

    def _has_instances(self, iri: str) -> bool:
        """A class that is only a common name has no closed shape of its own."""
        return iri in self.closed or len(self._shaped_below(iri)) == 1

    def _shaped_below(self, iri: str) -> list[str]:
        return [each for each in self.schema.subclasses(iri) if self._is_shaped(each)]

    def _is_shaped(self, iri: str) -> bool:
        return iri in self.schema.classes and bool(self.schema.classes[iri].fields)

    def _family(self, iri: str) -> TypeCategory:
        families = self.families
        for family, members in (
            (TypeCategory.THING, families.things),
            (TypeCategory.PROPOSITION, families.propositions),
            (TypeCategory.STATEMENT, families.statements),
            (TypeCategory.GRAPH, families.graphs),
            (TypeCategory.PART, self.parts),
        ):
            if iri in members:
                return family
        return TypeCategory.OTHER

    def _parts(self) -> frozenset[str]:
        """What propositions, statements and their parts consist of, and what is none of the four families."""
        found: set[str] = set()
        open_classes = [
            iri for iri in sorted(self.families.propositions | self.families.statements) if self._is_shaped(iri)
        ]
        while open_classes:
            for field in self.schema.classes[open_classes.pop()].fields.values():
                for target in () if field.inverse else field.classes:
                    if target not in self.families.independent and target not in found and self._is_shaped(target):
                        found.add(target)
                        open_classes.append(target)
        return frozenset(found)

    def _field(self, owner: Class, field: Field) -> ValueField | LinkField:
        is_contested = owner.iri in self.families.propositions and bool(field.predicate) and not field.inverse
        steps = self._steps(field)
        targets = self._targets(owner, field, steps)
        if targets:
            return LinkField(field.name, steps, self._target(field, targets), field.minimum > 0, field.maximum != 1,
                        is_contested, _sentence(field))  # fmt: skip
        kind = ValueKind.CONCEPT if field.scheme else self._kind(field)
        vocabulary = self.by_scheme[field.scheme].name if field.scheme else ""
        is_many = field.maximum != 1 and kind is not ValueKind.TEXT
        return ValueField(field.name, steps[0].predicate, kind, vocabulary, field.minimum > 0, is_many, is_contested,
                     _sentence(field))  # fmt: skip

    @staticmethod
    def _kind(field: Field) -> ValueKind:
        return _KINDS.get(field.datatype, ValueKind.STRING) if field.datatype else ValueKind.IRI

    def _steps(self, field: Field) -> tuple[Step, ...]:
        """The predicates of a field's path: one, or several alternatives, each forwards or inverse."""
        path = self.schema.paths[field.shape]
        steps = map(split_path, path.paths if isinstance(path, AlternativePath) else (path,))
        return tuple(Step(predicate, inverse) for predicate, inverse in steps if predicate)

    def _targets(self, owner: Class, field: Field, steps: tuple[Step, ...]) -> list[str]:
        """The classes that the field leads to; for an inverse path those whose own field leads here."""
        declared = [iri for iri in field.classes if self._is_shaped(iri)]
        if declared or not any(step.inverse for step in steps):
            return declared
        predicates = {step.predicate for step in steps if step.inverse}
        lineage = {each.iri for each in self.shaped if owner.iri in self.schema.subclasses(each.iri)}
        related = lineage | set(self.schema.subclasses(owner.iri))
        return [
            each.iri
            for each in self.shaped
            if self._has_instances(each.iri)
            and any(
                not theirs.inverse
                and theirs.predicate in predicates
                and (not theirs.classes or related & set(theirs.classes))
                for theirs in each.fields.values()
            )
        ]  # fmt: skip

    def _target(self, field: Field, targets: list[str]) -> str:
        """The type that covers the targets: their nearest common class, or a union."""
        if len(targets) > 1:
            common = [iri for iri in self.schema.classes if set(targets) <= set(self._shaped_below(iri))]
            if common and not field.classes:
                return self._type_name(min(common, key=lambda iri: len(self._shaped_below(iri))))
            return self._union(targets)
        return self._type_name(targets[0])

    def _type_name(self, iri: str) -> str:
        return self._interface_name(iri) if len(self._shaped_below(iri)) > 1 else self.schema.classes[iri].name

    def _union(self, targets: list[str]) -> str:
        name = "Or".join(sorted(self.schema.classes[iri].name for iri in targets))
        classes = dict.fromkeys(
            leaf for iri in targets for leaf in self._shaped_below(iri) if self._has_instances(leaf)
        )
        self.unions[name] = tuple(sorted(self.schema.classes[iri].name for iri in classes))
        return name

    def _vocabulary(self, scheme: Scheme) -> Vocabulary:
        name = pascal_case(local_name(scheme.iri))
        taken = {each.name for each in self.schema.classes.values()}
        iris = {constant_case(each.slug): each.iri for each in scheme.concepts}
        return Vocabulary(
            name=f"{name}Kind" if name in taken else name,
            description=scheme.definition or scheme.label,
            scheme=scheme,
            iris=iris,
            names={iri: each for each, iri in iris.items()},
        )


def _described(each: Class) -> str:
    example = f"\n\nExample: {each.example}" if each.example else ""
    return f"{each.definition or each.label}{example}".strip()


def _sentence(field: Field) -> str:
    return field.description or field.label


__all__ = [
    "HOME_GRAPH",
    "NODE",
    "LinkField",
    "Step",
    "TypeCategory",
    "TypeDefinition",
    "TypeModel",
    "ValueField",
    "ValueKind",
    "Vocabulary",
    "build_type_model",
    "home_graph_link",
]  # fmt: skip
