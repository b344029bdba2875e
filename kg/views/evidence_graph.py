"""The links of a description, read by ``kg.status`` to decide the status of its propositions.

Owns where concepts come from: hedges of the schema need no query, hedges that the data adds are looked up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.schema.model import Schema
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of
from kg.views.description import BoundedDescription

_BROADER = QueryTemplate.read(Path(__file__).parent / "broader-concepts.rq")


@dataclass(frozen=True, slots=True)
class DescriptionEvidenceGraph:
    """Implements ``kg.status.evidence.EvidenceGraph`` over a description."""

    description: BoundedDescription
    broader: Mapping[str, Iterable[str]]
    """The broader concepts of each concept."""

    def objects(self, node: str, predicate: str) -> Iterable[str]:
        """The IRIs to which the node is linked by this predicate."""
        return self.broader.get(node, ()) if predicate == namespaces.BROADER else self.description.iris(node, predicate)

    def subjects(self, predicate: str, node: str) -> Iterable[str]:
        """The IRIs that are linked to the node by this predicate."""
        return self.description.referrers(predicate, node)


def read_links(store: Queryable, schema: Schema, description: BoundedDescription) -> DescriptionEvidenceGraph:
    """The links of a description; queries the store only for hedges that the schema does not contain."""
    broader: dict[str, list[str]] = defaultdict(list)
    concepts = [concept for scheme in schema.schemes.values() for concept in scheme.concepts]
    for concept in concepts:
        if concept.broader:
            broader[concept.iri].append(concept.broader)
    known = {concept.iri for concept in concepts}
    hedges = {quad.object for quad in description.quads if quad.predicate.value == namespaces.HEDGE}
    added = [hedge for hedge in hedges if isinstance(hedge, ox.NamedNode) and hedge.value not in known]
    for row in _BROADER.select_each(store, added).rows:
        broader[text_of(row["narrower"])].append(text_of(row["broader"]))
    return DescriptionEvidenceGraph(description, broader)
