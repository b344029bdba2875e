"""A schema with the concepts that data adds to its schemes.

Owns what makes a concept one of a scheme: its IRI is that of the scheme, a slash and a slug. Knows no store; shipped
concepts stay as they are, and a closed scheme stays closed.
"""

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from kg.schema.model import Schema
from kg.schema.ontology_reader import OntologyReader
from kg.schema.quad_index import QuadIndex


def add_concepts(schema: Schema, quads: Iterable[ox.Quad]) -> Schema:
    """The schema with the concepts that the quads describe; the schema itself if they add none."""
    quads = list(quads)
    described = OntologyReader(QuadIndex(quads)).concepts(quads)
    schemes = dict(schema.schemes)
    for iri, concepts in described.items():
        scheme = schemes.get(iri)
        if scheme is None or scheme.is_closed:
            continue
        known = {concept.iri for concept in scheme.concepts}
        added = [concept for concept in concepts if concept.iri not in known and scheme.has_below(concept.iri)]
        schemes[iri] = replace(scheme, concepts=(*scheme.concepts, *sorted(added, key=lambda concept: concept.iri)))
    return schema if schemes == schema.schemes else replace(schema, schemes=schemes)
