"""The classes of a schema by category (things, propositions, statements, home graphs), and the properties between them.

Derived from the class hierarchy and the ranges of properties, so that a new class falls into its category by itself.
"""

from collections.abc import Iterable

from kg import namespaces
from kg.schema.model import Class, Schema


class ClassIndex:
    """Classes and properties by category, as IRIs."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.things = frozenset(schema.subclasses(namespaces.THING))
        self.thing_kinds = tuple(sorted({kind for iri in self.things if (kind := schema.classes[iri].kind)}))
        """The kinds of things, as IRIs and paths name them."""
        self.propositions = frozenset(schema.subclasses(namespaces.PROPOSITION))
        self.statements = frozenset(schema.subclasses(namespaces.STATEMENT))
        self.graphs = frozenset(schema.subclasses(namespaces.HOME_GRAPH))
        self.independent = self.things | self.propositions | self.statements | self.graphs
        """The classes whose instances are no part of another resource."""
        self.acts = frozenset(prop.iri for prop in schema.properties.values() if namespaces.ACT in prop.parents)
        """The properties that link a statement to what it is about."""
        whole = self.independent - self.propositions
        self.part_predicates = frozenset(
            prop.iri for prop in schema.properties.values() if prop.range in schema.classes and prop.range not in whole
        ) | {namespaces.HAS_SELECTOR.value}
        """The properties that lead from a resource to its parts, and from a proposition to its content."""
        self.summary_templates = {
            iri: shape.summary for shape in schema.node_shapes if shape.summary for iri in shape.targets
        }
        """The ``cks:summary`` of the classes that have one."""
        ordered = sorted((shape.order, iri) for shape in schema.node_shapes if shape.order for iri in shape.targets)
        kinds_of_thing = [iri for iri in sorted(self.things) if namespaces.THING in schema.classes[iri].parents]
        self.contents = tuple(dict.fromkeys([*(iri for _, iri in ordered), *kinds_of_thing]))
        """The classes that a home graph lists its contents by: those with ``sh:order``, then other kinds of thing."""

    def class_of(self, types: Iterable[str]) -> Class | None:
        """The most specific class among the types of a resource."""
        known = [iri for iri in types if iri in self.schema.classes]
        lowest = [iri for iri in known if not set(known) & set(self.schema.subclasses(iri)[1:])]
        return self.schema.classes[lowest[0]] if lowest else None
