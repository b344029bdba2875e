"""What the integrity rules know besides the change: the schema with what is derived from it, the archive, the base IRI.

Made once, and the same for all writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.documents import find_home_graphs
from kg.ingest.reference_kinds import ReferenceFields
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema, Scheme
from kg.source_archive import SourceArchive
from kg.store.interface import normalize


@dataclass(frozen=True)
class IntegrityContext:
    """Values that rules read."""

    schema: Schema
    archive: SourceArchive
    base_iri: str

    @cached_property
    def ids(self) -> str:
        """The beginning of the IRIs of resources of this knowledge graph."""
        return f"{self.base_iri}id/"

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The beginnings of IRIs that are described in this knowledge graph or nowhere."""
        return (self.ids, f"{self.base_iri}graph/", namespaces.CK, namespaces.VOCAB)

    @cached_property
    def ontology_graphs(self) -> tuple[ox.NamedNode, ...]:
        """The home graphs of the shipped ontology."""
        return tuple(find_home_graphs(self.schema.ontology))

    @cached_property
    def ontology(self) -> frozenset[ox.Quad]:
        """The shipped ontology as the store returns it, in its home graph."""
        graph = self.ontology_graphs[0]
        return normalize(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in self.schema.ontology)

    @cached_property
    def ontology_description(self) -> frozenset[ox.Quad]:
        """What it says of its home graphs, with its version."""
        return frozenset(quad for quad in self.ontology if quad.subject in self.ontology_graphs)

    @cached_property
    def classes(self) -> ClassIndex:
        """The classes by category."""
        return ClassIndex(self.schema)

    @cached_property
    def actors(self) -> frozenset[str]:
        """The classes of actors."""
        return frozenset(self.schema.subclasses(namespaces.ACTOR_CLASS))

    @cached_property
    def fields(self) -> ReferenceFields:
        """The fields of statements and propositions."""
        return ReferenceFields(self.schema, self.ids)

    @cached_property
    def hedges(self) -> Scheme:
        """The scheme of hedges."""
        return self.schema.schemes[namespaces.HEDGES.rstrip("/")]

    @cached_property
    def means_types(self) -> Mapping[str, str]:
        """From each means that is a type of incident too (an airstrike) to that type."""
        schemes = (self.schema.schemes[f"{namespaces.VOCAB}{name}"] for name in ("weapon", "incident-type"))
        weapons, types = (scheme.concepts for scheme in schemes)
        return {weapon.iri: type_.iri for weapon in weapons for type_ in types if weapon.slug == type_.slug}
