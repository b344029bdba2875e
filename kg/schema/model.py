"""The schema: classes with their fields, properties, concept schemes, node shapes. Values only; read by ``loader``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.schema.property_path import PropertyPath


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a class as its shapes constrain it; ``maximum`` None means unbounded."""

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
    """Position among the fields for readers; a property shape without one is a constraint, not a field."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A SKOS concept; ``broader`` is the IRI of its group, if it has one, ``words`` are its hidden labels."""

    iri: str
    label: str
    definition: str
    example: str
    broader: str | None
    words: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        return local_name(self.iri)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A SKOS concept scheme: the values of a field. Reference graphs add to it, unless it is closed."""

    iri: str
    label: str
    definition: str
    concepts: tuple[Concept, ...]
    is_closed: bool = False

    def has_below(self, iri: str) -> bool:
        """Whether an IRI can be that of a concept of the scheme: the IRI of the scheme, a slash and a slug."""
        scheme, _, slug = iri.rpartition("/")
        return scheme == self.iri and slug != ""

    def members_of(self, iri: str) -> tuple[str, ...]:
        """The slugs of the concepts whose group this concept is."""
        return tuple(concept.slug for concept in self.concepts if concept.broader == iri)


@dataclass(frozen=True, slots=True)
class Class:
    """A class; ``kind`` is the path segment of its instances' IRIs, inherited where the class has none of its own."""

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


@dataclass(frozen=True, slots=True)
class Constraint:
    """A property shape of a node shape."""

    iri: str
    """Empty for a blank node."""
    label: str
    path: PropertyPath
    minimum: int
    maximum: int | None
    description: str
    message: str


@dataclass(frozen=True, slots=True)
class NodeShape:
    """A node shape with its property shapes, by name."""

    iri: str
    label: str
    targets: tuple[str, ...]
    description: str
    message: str
    is_closed: bool
    order: int
    """Position of its class in the contents of a home graph (``sh:order``); 0 without one."""
    summary: str
    """The template ``cks:summary``: how an instance without a name is named in one line; usually empty."""
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True)
class Schema:
    """All classes, properties and schemes, by IRI; node shapes by name; the paths of property shapes by their IRI."""

    classes: dict[str, Class]
    properties: dict[str, Property]
    schemes: dict[str, Scheme]
    node_shapes: tuple[NodeShape, ...]
    paths: dict[str, PropertyPath]
    shapes: tuple[ox.Quad, ...]
    ontology: tuple[ox.Quad, ...]
    alignments: tuple[ox.Quad, ...]

    def find_class(self, name: str) -> Class | None:
        """The class with this local name."""
        return next((cls for cls in self.classes.values() if cls.name == name), None)

    def subclasses(self, iri: str) -> list[str]:
        """The class and all classes below it, nearest first."""
        below = [iri]
        for parent in below:
            below += [cls.iri for cls in self.classes.values() if parent in cls.parents and cls.iri not in below]
        return below

    def leaves(self, iris: Iterable[str]) -> list[str]:
        """The classes below or at ``iris`` that have no subclass."""
        below = dict.fromkeys(subclass for iri in iris for subclass in self.subclasses(iri))
        return [iri for iri in below if self.subclasses(iri) == [iri]]

    def kinds(self, roots: Sequence[str]) -> dict[str, str]:
        """Each kind below ``roots``, with the class that introduces it."""
        kinds: dict[str, str] = {}
        for root in roots:
            for iri in self.subclasses(root):
                kind = self.classes[iri].kind if iri in self.classes else None
                if kind:
                    kinds.setdefault(kind, iri)
        return kinds

    def shapes_of(self, iri: str) -> list[NodeShape]:
        """The node shapes that target this class itself."""
        return [shape for shape in self.node_shapes if iri in shape.targets]


def local_name(iri: str) -> str:
    """The part of an IRI after its last '#' or '/'."""
    return iri.replace("#", "/").rsplit("/", 1)[1]
