"""Reads classes, properties (OWL) and concept schemes (SKOS)."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg.namespaces import CLOSED, KIND, OWL, RDFS, SKOS, TYPE, value_of
from kg.schema.model import Class, Concept, Field, Property, Scheme, local_name
from kg.schema.quad_index import QuadIndex


class OntologyReader:
    """Reads an ontology."""

    def __init__(self, graph: QuadIndex) -> None:
        self._graph = graph

    def class_iris(self) -> set[str]:
        """The classes that are declared."""
        return {value_of(term) for term in self._graph.subjects(TYPE.value, f"{OWL}Class")}

    def lineage(self, iri: str) -> list[str]:
        """The class, then its superclasses, nearest first."""
        lineage = [iri]
        for cls in lineage:
            lineage += [parent for parent in self._parents(cls) if parent not in lineage]
        return lineage

    def read_class(self, iri: str, fields: dict[str, Field]) -> Class:
        """The class with these fields."""
        kinds = (self._graph.text(cls, KIND.value) for cls in self.lineage(iri))
        return Class(
            iri=iri,
            name=local_name(iri),
            label=self._graph.text(iri, f"{RDFS}label"),
            definition=self._graph.text(iri, f"{SKOS}definition"),
            example=self._graph.text(iri, f"{SKOS}example"),
            note=self._graph.text(iri, f"{SKOS}scopeNote"),
            kind=next((kind for kind in kinds if kind), None),
            parents=tuple(self._parents(iri)),
            fields=fields,
        )

    def properties(self) -> dict[str, Property]:
        """The properties, by IRI."""
        kinds = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        iris = {value_of(term) for kind in kinds for term in self._graph.subjects(TYPE.value, f"{OWL}{kind}")}
        return {iri: self._property(iri) for iri in sorted(iris)}

    def schemes(self, quads: Iterable[ox.Quad]) -> dict[str, Scheme]:
        """The concept schemes, by IRI; their concepts are in the order of the quads."""
        members = self.concepts(quads)
        iris = sorted(value_of(term) for term in self._graph.subjects(TYPE.value, f"{SKOS}ConceptScheme"))
        return {iri: self._scheme(iri, tuple(members.get(iri, ()))) for iri in iris}

    def concepts(self, quads: Iterable[ox.Quad]) -> dict[str, list[Concept]]:
        """The concepts by the IRI of their scheme, in the order of the quads."""
        members: dict[str, list[Concept]] = {}
        for quad in quads:
            if quad.predicate.value == f"{SKOS}inScheme":
                members.setdefault(value_of(quad.object), []).append(self._concept(value_of(quad.subject)))
        return members

    def _parents(self, iri: str) -> list[str]:
        return sorted(self._graph.iris(iri, f"{RDFS}subClassOf"))

    def _property(self, iri: str) -> Property:
        return Property(
            iri=iri,
            name=local_name(iri),
            label=self._graph.text(iri, f"{RDFS}label"),
            definition=self._graph.text(iri, f"{SKOS}definition"),
            example=self._graph.text(iri, f"{SKOS}example"),
            note=self._graph.text(iri, f"{SKOS}scopeNote"),
            domain=self._graph.text(iri, f"{RDFS}domain") or None,
            range=self._graph.text(iri, f"{RDFS}range") or None,
            parents=tuple(self._graph.iris(iri, f"{RDFS}subPropertyOf")),
        )

    def _scheme(self, iri: str, concepts: tuple[Concept, ...]) -> Scheme:
        label, definition = self._graph.text(iri, f"{RDFS}label"), self._graph.text(iri, f"{SKOS}definition")
        return Scheme(iri, label, definition, concepts, self._graph.text(iri, CLOSED.value) == "true")

    def _concept(self, iri: str) -> Concept:
        return Concept(
            iri,
            self._graph.text(iri, f"{SKOS}prefLabel"),
            self._graph.text(iri, f"{SKOS}definition"),
            self._graph.text(iri, f"{SKOS}example"),
            self._graph.text(iri, f"{SKOS}broader") or None,
            tuple(value_of(word) for word in self._graph.objects(iri, f"{SKOS}hiddenLabel")),
        )
