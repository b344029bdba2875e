"""Ontology and shapes, read into classes and fields: the one description of structure that the rest follows.

Owns the reading; knows no data, no store and no output format. A class is an ``owl:Class`` of the ontology or the
target of a node shape; its fields are the property shapes of its own node shape and of its superclasses'.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class Field:
    """What a class says about one of its properties; ``maximum`` None means many."""

    name: str
    shape: str
    predicate: str | None
    """The predicate, followed forwards or, if ``inverse``, backwards; None for any other path."""
    inverse: bool
    classes: tuple[str, ...]
    datatype: str | None
    scheme: str | None
    minimum: int
    maximum: int | None
    label: str
    description: str
    message: str
    order: int
    """Place among the fields for readers; a property shape without one is a rule, not a field."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A value of a scheme; ``broader`` is the IRI of its group, if it has one."""

    iri: str
    label: str
    definition: str
    example: str
    broader: str | None

    @property
    def slug(self) -> str:
        return self.iri.rsplit("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A closed list of concepts."""

    iri: str
    label: str
    definition: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class; ``kind`` is the path segment of its instances, inherited where it has none of its own."""

    iri: str
    name: str
    label: str
    definition: str
    example: str
    note: str
    kind: str | None
    parents: tuple[str, ...]
    fields: dict[str, Field] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Property:
    """A property as the ontology defines it."""

    iri: str
    name: str
    label: str
    definition: str
    example: str
    note: str
    domain: str | None
    range: str | None
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """All classes, properties and schemes, by IRI."""

    classes: dict[str, Class]
    properties: dict[str, Property]
    schemes: dict[str, Scheme]
    shapes: tuple[ox.Quad, ...]
    ontology: tuple[ox.Quad, ...]
    alignments: tuple[ox.Quad, ...]

    def named(self, name: str) -> Class | None:
        """The class with this local name."""
        return next((each for each in self.classes.values() if each.name == name), None)

    def subclasses(self, iri: str) -> list[str]:
        """The class and everything below it."""
        found = [iri]
        for each in found:
            found += [c.iri for c in self.classes.values() if each in c.parents and c.iri not in found]
        return found

    def leaves(self, iris: Iterable[str]) -> list[str]:
        """The classes below or at ``iris`` that have no subclass: what a node can be typed as."""
        below = dict.fromkeys(each for iri in iris for each in self.subclasses(iri))
        return [iri for iri in below if self.subclasses(iri) == [iri]]


def load_schema(ontology: Path, shapes: Path, base_iri: str) -> Schema:
    """The schema of the two folders of Turtle files; relative IRIs are resolved against ``base_iri``.

    Raises SyntaxError, with the file's name, when a file does not parse: the folders are shipped, not input.
    """
    apart = ontology / "alignments.ttl"
    ontology_quads = _parse([*sorted(ontology.glob("*.ttl")), *sorted(ontology.glob("vocab/*.ttl"))], base_iri, apart)
    shape_quads = _parse(sorted(shapes.glob("*.ttl")), base_iri)
    return _Reader(ontology_quads, shape_quads, _parse([apart], base_iri)).schema()


def _parse(files: Iterable[Path], base_iri: str, without: Path | None = None) -> tuple[ox.Quad, ...]:
    return tuple(
        quad
        for file in files
        if file != without
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE, base_iri=base_iri)
    )


class _Reader:
    def __init__(
        self, ontology: tuple[ox.Quad, ...], shapes: tuple[ox.Quad, ...], alignments: tuple[ox.Quad, ...]
    ) -> None:
        self.quads = (ontology, shapes, alignments)
        self.store = ox.Store()
        self.store.extend(ontology)
        self.store.extend(shapes)
        self.parents = self._parents()

    def schema(self) -> Schema:
        ontology, shapes, alignments = self.quads
        targets = {namespaces.value_of(q.object) for q in self._quads(None, f"{namespaces.SH}targetClass")}
        declared = {
            namespaces.value_of(q.subject) for q in self._quads(None, namespaces.TYPE.value, f"{namespaces.OWL}Class")
        }
        classes = {iri: self._class(iri) for iri in sorted(targets | declared)}
        return Schema(classes, self._properties(), self._schemes(), shapes, ontology, alignments)

    def _class(self, iri: str) -> Class:
        return Class(
            iri=iri,
            name=local_name(iri),
            label=self._text(iri, f"{namespaces.RDFS}label"),
            definition=self._text(iri, f"{namespaces.SKOS}definition"),
            example=self._text(iri, f"{namespaces.SKOS}example"),
            note=self._text(iri, f"{namespaces.SKOS}scopeNote"),
            kind=next((k for each in self._lineage(iri) if (k := self._text(each, namespaces.KIND.value))), None),
            parents=tuple(self.parents.get(iri, ())),
            fields=self._fields(iri),
        )

    def _properties(self) -> dict[str, Property]:
        kinds = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        iris = {
            namespaces.value_of(q.subject)
            for kind in kinds
            for q in self._quads(None, namespaces.TYPE.value, f"{namespaces.OWL}{kind}")
        }
        return {iri: self._property(iri) for iri in sorted(iris)}

    def _property(self, iri: str) -> Property:
        return Property(
            iri=iri,
            name=local_name(iri),
            label=self._text(iri, f"{namespaces.RDFS}label"),
            definition=self._text(iri, f"{namespaces.SKOS}definition"),
            example=self._text(iri, f"{namespaces.SKOS}example"),
            note=self._text(iri, f"{namespaces.SKOS}scopeNote"),
            domain=self._text(iri, f"{namespaces.RDFS}domain") or None,
            range=self._text(iri, f"{namespaces.RDFS}range") or None,
            parents=tuple(namespaces.value_of(q.object) for q in self._quads(iri, f"{namespaces.RDFS}subPropertyOf")),
        )

    def _parents(self) -> dict[str, list[str]]:
        parents: dict[str, list[str]] = {}
        for quad in self._quads(None, f"{namespaces.RDFS}subClassOf"):
            parents.setdefault(namespaces.value_of(quad.subject), []).append(namespaces.value_of(quad.object))
        return {iri: sorted(found) for iri, found in parents.items()}

    def _lineage(self, iri: str) -> list[str]:
        """The class, then its superclasses, nearest first."""
        found = [iri]
        for each in found:
            found += [parent for parent in self.parents.get(each, ()) if parent not in found]
        return found

    def _fields(self, iri: str) -> dict[str, Field]:
        shapes = dict.fromkeys(
            quad.object
            for each in self._lineage(iri)
            for target in self._quads(None, f"{namespaces.SH}targetClass", each)
            for quad in self._quads(target.subject, f"{namespaces.SH}property")
        )
        found = sorted((self._field(shape) for shape in shapes), key=lambda each: each.order)
        fields = {each.name: each for each in found if each.order}
        for rule in (each for each in found if not each.order and each.name in fields):
            fields[rule.name] = replace(fields[rule.name], minimum=max(fields[rule.name].minimum, rule.minimum))
        return fields

    def _field(self, shape: Node) -> Field:
        predicate, inverse = self._path(shape)
        name = self._text(shape, namespaces.FIELD.value) or local_name(predicate or namespaces.value_of(shape))
        minimum = self._text(shape, f"{namespaces.SH}minCount") or self._text(
            shape, f"{namespaces.SH}qualifiedMinCount"
        )
        maximum = self._text(shape, f"{namespaces.SH}maxCount") or self._text(
            shape, f"{namespaces.SH}qualifiedMaxCount"
        )
        return Field(
            name=name,
            shape=namespaces.value_of(shape),
            predicate=predicate,
            inverse=inverse,
            classes=tuple(self._field_classes(shape)),
            datatype=self._text(shape, f"{namespaces.SH}datatype") or None,
            scheme=self._scheme_of(shape),
            minimum=int(minimum or 0),
            maximum=int(maximum) if maximum else None,
            label=self._text(shape, f"{namespaces.SH}name"),
            description=self._text(shape, f"{namespaces.SH}description"),
            message=self._text(shape, f"{namespaces.SH}message"),
            order=int(self._text(shape, f"{namespaces.SH}order") or 0),
        )

    def _path(self, shape: Node) -> tuple[str | None, bool]:
        path = next(self._quads(shape, f"{namespaces.SH}path")).object
        if isinstance(path, ox.NamedNode):
            return path.value, False
        inverse = self._text(path, f"{namespaces.SH}inversePath")
        return (inverse, True) if inverse else (None, False)

    def _field_classes(self, shape: Node) -> Iterator[str]:
        yield from (namespaces.value_of(q.object) for q in self._quads(shape, f"{namespaces.SH}class"))
        for alternatives in self._quads(shape, f"{namespaces.SH}or"):
            for member in self._list(alternatives.object):
                yield from (namespaces.value_of(q.object) for q in self._quads(member, f"{namespaces.SH}class"))
        for qualified in self._quads(shape, f"{namespaces.SH}qualifiedValueShape"):
            yield from (
                namespaces.value_of(q.object) for q in self._quads(qualified.object, f"{namespaces.SH}targetClass")
            )

    def _scheme_of(self, shape: Node) -> str | None:
        for node in self._quads(shape, f"{namespaces.SH}node"):
            for prop in self._quads(node.object, f"{namespaces.SH}property"):
                if self._text(prop.object, f"{namespaces.SH}path") == f"{namespaces.SKOS}inScheme":
                    return self._text(prop.object, f"{namespaces.SH}hasValue")
        return None

    def _schemes(self) -> dict[str, Scheme]:
        schemes = sorted(
            namespaces.value_of(q.subject)
            for q in self._quads(None, namespaces.TYPE.value, f"{namespaces.SKOS}ConceptScheme")
        )
        return {iri: self._scheme(iri) for iri in schemes}

    def _scheme(self, iri: str) -> Scheme:
        members = [
            namespaces.value_of(q.subject) for q in self.quads[0] if self._is(q, f"{namespaces.SKOS}inScheme", iri)
        ]
        return Scheme(
            iri,
            self._text(iri, f"{namespaces.RDFS}label"),
            self._text(iri, f"{namespaces.SKOS}definition"),
            tuple(self._concept(member) for member in members),
        )

    def _concept(self, iri: str) -> Concept:
        return Concept(
            iri,
            self._text(iri, f"{namespaces.SKOS}prefLabel"),
            self._text(iri, f"{namespaces.SKOS}definition"),
            self._text(iri, f"{namespaces.SKOS}example"),
            self._text(iri, f"{namespaces.SKOS}broader") or None,
        )

    @staticmethod
    def _is(quad: ox.Quad, predicate: str, value: str) -> bool:
        return quad.predicate.value == predicate and namespaces.value_of(quad.object) == value

    def _list(self, head: Node) -> Iterator[Node]:
        while namespaces.value_of(head) != f"{namespaces.RDF}nil":
            yield next(self._quads(head, f"{namespaces.RDF}first")).object
            head = next(self._quads(head, f"{namespaces.RDF}rest")).object

    def _quads(self, subject: Node | str | None, predicate: str, value: str | None = None) -> Iterator[ox.Quad]:
        start = ox.NamedNode(subject) if isinstance(subject, str) else subject
        end = ox.NamedNode(value) if value else None
        if isinstance(start, (ox.Literal, ox.Triple)):
            return iter(())
        return self.store.quads_for_pattern(start, ox.NamedNode(predicate), end)

    def _text(self, subject: Node | str, predicate: str) -> str:
        """The value of a property that has one, or the empty string."""
        return next((str(namespaces.value_of(quad.object)) for quad in self._quads(subject, predicate)), "")


def local_name(iri: str) -> str:
    """The part of an IRI after its last '#' or '/'."""
    return iri.replace("#", "/").rsplit("/", 1)[1]


def kinds(schema: Schema, roots: Sequence[str]) -> dict[str, str]:
    """Kind to the class that introduces it, for classes at or below ``roots``."""
    found: dict[str, str] = {}
    for root in roots:
        for iri in schema.subclasses(root):
            kind = schema.classes[iri].kind if iri in schema.classes else None
            if kind:
                found.setdefault(kind, iri)
    return found
