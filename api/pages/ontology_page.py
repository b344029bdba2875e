"""View model of the ontology and shapes pages: classes in groups, their fields and constraints as table rows.

Owns order and grouping; every word comes from ontology and shapes, and a new class falls into its group by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.http.links import compact_iri
from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.schema.model import Class, Concept, Constraint, Field, NodeShape, Schema, Scheme, local_name
from kg.schema.property_path import to_sparql


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of a class; ``ranges`` are IRIs. ``owner``: the topmost class that has it."""

    name: str
    owner: str
    anchor: str
    path: str
    ranges: tuple[str, ...]
    cardinality: str
    description: str


@dataclass(frozen=True, slots=True)
class ClassSection:
    """A class with its own fields, and those it inherits by the class that has them."""

    of: Class
    rows: tuple[FieldRow, ...]
    inherited: tuple[tuple[str, tuple[FieldRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """Classes under one heading."""

    slug: str
    title: str
    sections: tuple[ClassSection, ...]


@dataclass(frozen=True, slots=True)
class ConstraintRow:
    """A constraint of a node shape; ``anchor`` is empty where the shape has no IRI."""

    anchor: str
    name: str
    path: str
    description: str
    message: str
    cardinality: str


@dataclass(frozen=True, slots=True)
class ShapeSection:
    """A node shape with its constraints."""

    anchor: str
    of: NodeShape
    rows: tuple[ConstraintRow, ...]


def group_classes(schema: Schema) -> tuple[ClassGroup, ...]:
    """All classes: things, statements and their parts, propositions, the parts of these, home graphs."""
    statements = _with_parts(schema, namespaces.STATEMENT)
    things, propositions, graphs = map(
        schema.subclasses, (namespaces.THING, namespaces.PROPOSITION, namespaces.HOME_GRAPH)
    )
    placed = {*things, *statements, *propositions, *graphs}
    groups = (
        ("things", "Things", things),
        ("statements", "Statements and their quotes", statements),
        ("propositions", "Propositions", propositions),
        ("parts", "Parts of propositions", [iri for iri in schema.classes if iri not in placed]),
        ("home-graphs", "Home graphs", graphs),
    )
    return tuple(
        ClassGroup(slug, title, tuple(build_class_section(schema, schema.classes[iri]) for iri in iris))
        for slug, title, iris in groups
    )


def list_shapes(schema: Schema) -> tuple[ShapeSection, ...]:
    """The node shapes, by name."""
    return tuple(map(build_shape_section, schema.node_shapes))


def build_shape_section(shape: NodeShape) -> ShapeSection:
    """A node shape with its constraints."""
    return ShapeSection(local_name(shape.iri), shape, tuple(map(_constraint_row, shape.constraints)))


def place_rules(sections: Iterable[ShapeSection]) -> Mapping[str, str]:
    """Each rule that has an IRI, by its name, with the node shape on whose page it is: the one it is named after."""
    places: dict[str, str] = {}
    for section in sections:
        for row in section.rows:
            if row.anchor and (row.anchor.startswith(f"{section.anchor}-") or row.anchor not in places):
                places[row.anchor] = section.anchor
    return places


def group_concepts(scheme: Scheme) -> list[tuple[Concept | None, list[Concept]]]:
    """The concepts by their broader concept; those without one by None."""
    broader = {concept.broader for concept in scheme.concepts}
    by_group: dict[str | None, list[Concept]] = {}
    for concept in scheme.concepts:
        if concept.iri not in broader:
            by_group.setdefault(concept.broader, []).append(concept)
    by_iri: dict[str | None, Concept] = {concept.iri: concept for concept in scheme.concepts}
    return [(by_iri.get(iri), members) for iri, members in by_group.items()]


def _with_parts(schema: Schema, iri: str) -> list[str]:
    """The class, and the classes of its parts and of theirs."""
    independent = ClassIndex(schema).independent
    classes = [iri]
    for owner in classes:
        for field in schema.classes[owner].fields.values():
            if not field.inverse:
                classes += [part for part in field.classes if part not in independent and part not in classes]
    return classes


def build_class_section(schema: Schema, cls: Class) -> ClassSection:
    """A class with its own fields, and those that it inherits."""
    own: list[FieldRow] = []
    inherited: dict[str, list[FieldRow]] = {}
    for field in cls.fields.values():
        row = build_field_row(schema, cls, field)
        (own if row.owner == cls.name else inherited.setdefault(row.owner, [])).append(row)
    return ClassSection(cls, tuple(own), tuple((name, tuple(rows)) for name, rows in inherited.items()))


def _field_owner(schema: Schema, cls: Class, field: Field) -> Class:
    """The topmost class above or at ``cls`` that has the very same field."""
    for iri in cls.parents:
        parent = schema.classes.get(iri)
        same = parent.fields.get(field.name) if parent else None
        if parent and same and (same.shape, same.minimum) == (field.shape, field.minimum):
            return _field_owner(schema, parent, field)
    return cls


def build_field_row(schema: Schema, cls: Class, field: Field) -> FieldRow:
    """A field of a class, with the topmost class that has the very same."""
    owner = _field_owner(schema, cls, field)
    return FieldRow(
        field.name,
        owner.name,
        f"{owner.name}.{field.name}",
        to_sparql(schema.paths[field.shape], compact_iri),
        _ranges(schema, field),
        _cardinality(field.minimum, field.maximum),
        field.description,
    )


def _ranges(schema: Schema, field: Field) -> tuple[str, ...]:
    if field.classes or field.scheme or field.datatype:
        return (*field.classes, *(iri for iri in (field.scheme, field.datatype) if iri))
    known = schema.properties.get(field.predicate or "")
    declared = (known.domain if field.inverse else known.range) if known else None
    if declared is None and field.predicate is None:
        return (namespaces.STATEMENT,)
    return (declared,) if declared else ()


def _constraint_row(constraint: Constraint) -> ConstraintRow:
    return ConstraintRow(
        local_name(constraint.iri) if constraint.iri else "",
        constraint.label,
        to_sparql(constraint.path, compact_iri),
        constraint.description,
        constraint.message,
        _cardinality(constraint.minimum, constraint.maximum),
    )


def _cardinality(minimum: int, maximum: int | None) -> str:
    """The number of values, in words."""
    if maximum is None:
        return "any number" if minimum == 0 else f"{minimum} or more"
    if minimum == maximum:
        return f"exactly {minimum}"
    return f"at most {maximum}" if minimum == 0 else f"{minimum} to {maximum}"
