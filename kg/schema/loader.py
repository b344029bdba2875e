"""Loads the schema from the folders of ontology and shapes.

A class is an ``owl:Class`` of the ontology or the target of a node shape; its fields are the property shapes of its own
node shapes and of its superclasses'.
"""

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.rdf_formats import TURTLE
from kg.schema.model import Schema
from kg.schema.ontology_reader import OntologyReader
from kg.schema.quad_index import QuadIndex
from kg.schema.shacl_reader import ShapesReader


def load_schema(ontology: Path, shapes: Path, base_iri: str) -> Schema:
    """The schema of two folders of Turtle files; relative IRIs are resolved against ``base_iri``.

    Raises SyntaxError, with the file's name, when a file does not parse: the folders are shipped, not input.
    """
    alignments = ontology / "alignments.ttl"
    files = [file for file in sorted(ontology.glob("*.ttl")) if file != alignments]
    ontology_quads = _parse([*files, *sorted(ontology.glob("vocab/*.ttl"))], base_iri)
    return read_schema(ontology_quads, _parse(sorted(shapes.glob("*.ttl")), base_iri), _parse([alignments], base_iri))


def read_schema(
    ontology: tuple[ox.Quad, ...], shapes: tuple[ox.Quad, ...], alignments: tuple[ox.Quad, ...] = ()
) -> Schema:
    """The schema that these quads describe."""
    graph = QuadIndex([*ontology, *shapes])
    terms, constraints = OntologyReader(graph), ShapesReader(graph)
    iris = sorted(terms.class_iris() | constraints.target_classes())
    return Schema(
        classes={iri: terms.read_class(iri, constraints.fields(terms.lineage(iri))) for iri in iris},
        properties=terms.properties(),
        schemes=terms.schemes(ontology),
        node_shapes=constraints.node_shapes(),
        paths=constraints.paths(),
        shapes=shapes,
        ontology=ontology,
        alignments=alignments,
    )


def _parse(files: Iterable[Path], base_iri: str) -> tuple[ox.Quad, ...]:
    return tuple(quad for file in files for quad in ox.parse(path=str(file), format=TURTLE.engine, base_iri=base_iri))
