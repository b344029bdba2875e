"""Builds the type model from ontology and shapes: which class becomes an object, an interface or a union, which field a
value or a link, and which fields are contested.

A class that adds no field to a superclass with instances has no type: its nodes are of the type of the superclass, and
a field tells the classes apart.

A class, a field or a concept scheme that is added to ontology and shapes is added here without code.
"""

from collections.abc import Collection, Iterator

from kg import namespaces
from kg.graphql.schema.inflection import camel_case, constant_case, pascal_case
from kg.graphql.schema.type_model import (
    LinkField,
    PathStep,
    TypeCategory,
    TypeDefinition,
    TypeModel,
    ValueField,
    ValueKind,
    Vocabulary,
)
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, Concept, Field, Schema, Scheme, local_name
from kg.schema.property_path import AlternativePath, split_path

_KINDS = {
    f"{namespaces.RDF}langString": ValueKind.TEXT,
    f"{namespaces.XSD}integer": ValueKind.INTEGER,
    f"{namespaces.XSD}decimal": ValueKind.DECIMAL,
    f"{namespaces.XSD}double": ValueKind.DECIMAL,
    f"{namespaces.XSD}date": ValueKind.DATE,
    f"{namespaces.XSD}boolean": ValueKind.BOOLEAN,
    namespaces.EDTF: ValueKind.EDTF,
}

_CLASS = "Class"
"""What the name of a field that tells classes apart, and of its enum, ends in."""


def build_type_model(schema: Schema) -> TypeModel:
    """The type model of a schema; the same schema always gives the same model."""
    return _TypeModelBuilder(schema).build()


class _TypeModelBuilder:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.class_index = ClassIndex(schema)
        self.shaped = [class_ for class_ in schema.classes.values() if class_.fields]
        self.closed = {target for shape in schema.node_shapes if shape.is_closed for target in shape.targets}
        vocabularies = [self._vocabulary(scheme) for scheme in schema.schemes.values()]
        self.vocabularies = {vocabulary.name: vocabulary for vocabulary in vocabularies}
        self.vocabulary_names = {vocabulary.scheme.iri: vocabulary.name for vocabulary in vocabularies}
        self.parts = self._parts()
        self.unions: dict[str, tuple[str, ...]] = {}
        self.presenters = {class_.iri: self._presenter(class_.iri) for class_ in self.shaped}
        """The class that has the type of the nodes of a class, by that class: mostly the class itself."""
        self.class_fields = {
            class_.iri: self._class_field(class_) for class_ in self.shaped if self._is_divided(class_)
        }
        """The field that tells the classes of an object type apart, by the class of the type."""

    def build(self) -> TypeModel:
        types = {type_.name: type_ for class_ in self.shaped for type_ in self._types(class_)}
        objects = {iri: type_ for type_ in types.values() if not type_.is_interface for iri in type_.classes}
        acts = {iri: constant_case(local_name(iri)) for iri in sorted(self.class_index.acts)}
        return TypeModel(types, self.unions, self.vocabularies, acts, objects)

    def _types(self, class_: Class) -> Iterator[TypeDefinition]:
        """The interface of a class with subclasses, the object of a class with instances, or both; none of a class
        whose nodes are of the type of another."""
        if self.presenters[class_.iri] != class_.iri:
            return
        descendants = self._shaped_subclasses(class_.iri)
        if len(descendants) > 1:
            classes = tuple(iri for iri in descendants if self._has_instances(iri))
            yield self._type(class_, self._interface_name(class_.iri), True, classes)
        if self._has_instances(class_.iri):
            presented = tuple(iri for iri in descendants if self.presenters[iri] == class_.iri)
            yield self._type(class_, class_.name, False, presented)

    def _type(self, class_: Class, name: str, is_interface: bool, classes: tuple[str, ...]) -> TypeDefinition:
        fields = {field.name: self._field(class_, field) for field in class_.fields.values()}
        fields |= {
            field.name: field for iri, field in self.class_fields.items() if class_.iri in self._shaped_subclasses(iri)
        }
        return TypeDefinition(
            name=name,
            iri=class_.iri,
            kind=class_.kind or "",
            category=self._category(class_.iri),
            is_interface=is_interface,
            interfaces=tuple(interface for interface in self._interfaces(class_.iri) if interface != name),
            classes=classes,
            fields=dict(sorted(fields.items())),
            description=self._description(class_, classes) or name,
        )

    def _description(self, class_: Class, classes: tuple[str, ...]) -> str:
        others = (self.schema.classes[iri] for iri in classes if self.presenters[iri] == class_.iri != iri)
        also = [f"Also {other.name}: {_class_description(other)}" for other in others]
        return "\n\n".join([_class_description(class_) or self._shape_description(class_.iri), *also])

    def _presenter(self, iri: str) -> str:
        """The class whose type the nodes of a class have: the highest with instances that has all its fields, and
        those of its subclasses."""
        fields = [self.schema.classes[below].fields for below in self._shaped_subclasses(iri)]
        above = [
            class_.iri
            for class_ in self.shaped
            if iri in self._shaped_subclasses(class_.iri)
            and self._has_instances(class_.iri)
            and all(class_.fields == others for others in fields)
        ]
        return max(above, key=lambda other: len(self._shaped_subclasses(other)), default=iri)

    def _is_divided(self, class_: Class) -> bool:
        """Whether a class has instances and subclasses: the nodes of its interface are of several classes."""
        is_presented = self.presenters[class_.iri] != class_.iri
        return self._has_instances(class_.iri) and len(self._shaped_subclasses(class_.iri)) > 1 and not is_presented

    def _class_field(self, class_: Class) -> ValueField:
        """The field that says of which class a node is."""
        name = f"{class_.name}{_CLASS}"
        classes = [self.schema.classes[iri] for iri in self._shaped_subclasses(class_.iri)]
        iris = {constant_case(below.name): below.iri for below in classes}
        concepts = tuple(_class_concept(below, iris.values()) for below in classes)
        scheme = Scheme(class_.iri, class_.label, class_.definition, concepts, is_closed=True)
        description = f"The classes of {self._interface_name(class_.iri)}."
        self.vocabularies[name] = Vocabulary(name, description, scheme, iris, {iri: key for key, iri in iris.items()})
        return ValueField(
            name=camel_case(name),
            predicate=namespaces.TYPE.value,
            kind=ValueKind.CONCEPT,
            vocabulary=name,
            is_required=True,
            is_many=False,
            is_contested=False,
            description=f"Its class: the most specific of those of {self._interface_name(class_.iri)}.",
        )

    def _shape_description(self, iri: str) -> str:
        """The description of a class that another ontology defines."""
        return next((shape.description for shape in self.schema.shapes_of(iri)), "")

    def _interfaces(self, iri: str) -> list[str]:
        ancestors = [class_.iri for class_ in self.shaped if iri in self._shaped_subclasses(class_.iri)]
        return sorted(self._interface_name(above) for above in ancestors if len(self._shaped_subclasses(above)) > 1)

    def _interface_name(self, iri: str) -> str:
        name = self.schema.classes[iri].name
        return f"Any{name}" if self._has_instances(iri) else name

    def _has_instances(self, iri: str) -> bool:
        """An abstract class has subclasses and no closed shape of its own."""
        return iri in self.closed or len(self._shaped_subclasses(iri)) == 1

    def _shaped_subclasses(self, iri: str) -> list[str]:
        """The class itself and all below it, as far as they have shapes."""
        return [subclass for subclass in self.schema.subclasses(iri) if self._is_shaped(subclass)]

    def _is_shaped(self, iri: str) -> bool:
        return iri in self.schema.classes and bool(self.schema.classes[iri].fields)

    def _category(self, iri: str) -> TypeCategory:
        members = {
            TypeCategory.THING: self.class_index.things,
            TypeCategory.PROPOSITION: self.class_index.propositions,
            TypeCategory.STATEMENT: self.class_index.statements,
            TypeCategory.GRAPH: self.class_index.graphs,
            TypeCategory.PART: self.parts,
        }
        return next((category for category, iris in members.items() if iri in iris), TypeCategory.OTHER)

    def _parts(self) -> frozenset[str]:
        """The classes of what propositions and statements consist of, at any depth."""
        parts: set[str] = set()
        roots = self.class_index.propositions | self.class_index.statements
        pending = [iri for iri in sorted(roots) if self._is_shaped(iri)]
        while pending:
            fields = self.schema.classes[pending.pop()].fields.values()
            for target in (target for field in fields if not field.inverse for target in field.classes):
                if target not in self.class_index.independent and target not in parts and self._is_shaped(target):
                    parts.add(target)
                    pending.append(target)
        return frozenset(parts)

    def _field(self, owner: Class, field: Field) -> ValueField | LinkField:
        is_contested = owner.iri in self.class_index.propositions and bool(field.predicate) and not field.inverse
        steps = self._steps(field)
        description = field.description or field.label
        if targets := self._targets(owner, field, steps):
            return LinkField(
                name=field.name,
                steps=steps,
                target=self._target(targets),
                is_required=field.minimum > 0,
                is_many=field.maximum != 1,
                is_contested=is_contested,
                description=description,
            )
        kind = _value_kind(field)
        return ValueField(
            name=field.name,
            predicate=steps[0].predicate,
            kind=kind,
            vocabulary=self.vocabulary_names[field.scheme] if field.scheme else "",
            is_required=field.minimum > 0,
            is_many=field.maximum != 1 and kind is not ValueKind.TEXT,
            is_contested=is_contested,
            description=description,
        )

    def _steps(self, field: Field) -> tuple[PathStep, ...]:
        """The predicates of a field's path: one, or several alternatives, each forwards or inverse."""
        path = self.schema.paths[field.shape]
        steps = map(split_path, path.paths if isinstance(path, AlternativePath) else (path,))
        return tuple(PathStep(predicate, inverse) for predicate, inverse in steps if predicate)

    def _targets(self, owner: Class, field: Field, steps: tuple[PathStep, ...]) -> list[str]:
        """The classes that the field leads to; for an inverse path those with a field that leads to the owner."""
        declared = list(dict.fromkeys(self.presenters[iri] for iri in field.classes if self._is_shaped(iri)))
        inverse = {step.predicate for step in steps if step.inverse}
        if declared or not inverse:
            return declared
        ancestors = {class_.iri for class_ in self.shaped if owner.iri in self.schema.subclasses(class_.iri)}
        related = ancestors | set(self.schema.subclasses(owner.iri))
        return [
            class_.iri
            for class_ in self.shaped
            if self._has_instances(class_.iri)
            and self.presenters[class_.iri] == class_.iri
            and any(_leads_to(candidate, inverse, related) for candidate in class_.fields.values())
        ]

    def _target(self, targets: list[str]) -> str:
        """The type that covers the targets: their nearest common superclass, or a union."""
        if len(targets) == 1:
            return self._type_name(targets[0])
        common = [iri for iri in self.schema.classes if set(targets) <= set(self._shaped_subclasses(iri))]
        if common:
            return self._type_name(min(common, key=lambda iri: len(self._shaped_subclasses(iri))))
        return self._union(targets)

    def _type_name(self, iri: str) -> str:
        has_subclasses = len(self._shaped_subclasses(iri)) > 1
        return self._interface_name(iri) if has_subclasses else self.schema.classes[iri].name

    def _union(self, targets: list[str]) -> str:
        name = "Or".join(sorted(self.schema.classes[iri].name for iri in targets))
        members = {
            self.presenters[subclass]
            for iri in targets
            for subclass in self._shaped_subclasses(iri)
            if self._has_instances(subclass)
        }
        self.unions[name] = tuple(sorted(self.schema.classes[iri].name for iri in members))
        return name

    def _vocabulary(self, scheme: Scheme) -> Vocabulary:
        name = pascal_case(local_name(scheme.iri))
        class_names = {class_.name for class_ in self.schema.classes.values()}
        iris = {constant_case(concept.slug): concept.iri for concept in scheme.concepts}
        return Vocabulary(
            name=f"{name}Kind" if name in class_names else name,
            description=scheme.definition or scheme.label,
            scheme=scheme,
            iris=iris,
            names={iri: value for value, iri in iris.items()},
        )


def _value_kind(field: Field) -> ValueKind:
    if field.scheme:
        return ValueKind.CONCEPT
    return _KINDS.get(field.datatype, ValueKind.STRING) if field.datatype else ValueKind.IRI


def _leads_to(field: Field, predicates: set[str], classes: set[str]) -> bool:
    """Whether the field follows one of the predicates forwards, to one of the classes or to any."""
    return (
        not field.inverse
        and field.predicate in predicates
        and (not field.classes or not classes.isdisjoint(field.classes))
    )


def _class_concept(class_: Class, iris: Collection[str]) -> Concept:
    """A class as a value of the field that tells these classes apart: narrower than its superclass."""
    broader = next((parent for parent in class_.parents if parent in iris), None)
    return Concept(class_.iri, class_.label, class_.definition, class_.example, broader)


def _class_description(class_: Class) -> str:
    example = f"\n\nExample: {class_.example}" if class_.example else ""
    return f"{class_.definition or class_.label}{example}".strip()
