"""The status of the propositions of a description, decided by ``kg.status`` on complete evidence or not at all.

Owns where evidence comes from: from the description where that is complete; else all evidence on the proposition is
fetched, within a limit. Hedges of the schema need no query, hedges that the data adds are looked up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.questions.evidence_graph import fetch_evidence_links
from kg.schema.model import Schema
from kg.status.evidence import ACTS, EvidenceGraph, decide_proposition
from kg.status.verdict import Status
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of
from kg.views.description import BoundedDescription

_BROADER = QueryTemplate.read(Path(__file__).parent / "broader-concepts.rq")
_ACT_COUNTS = QueryTemplate.read(Path(__file__).parent / "act-counts.rq")
MAX_STATEMENTS = 5_000
"""Statements whose evidence is fetched besides what the description contains."""


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


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Decides propositions of a description; made by ``read_statuses``."""

    links: DescriptionEvidenceGraph
    fetched: EvidenceGraph
    """All evidence on the propositions of which the description has a part."""
    undecided: frozenset[str]
    """Propositions with more evidence than is fetched."""

    def status_of(self, proposition: str) -> Status | None:
        """The status; None where there is too much evidence to decide it here."""
        if proposition in self.undecided:
            return None
        graph = self.links if is_complete(self.links.description, proposition) else self.fetched
        return decide_proposition(graph, proposition).status


def read_statuses(
    store: Queryable, schema: Schema, description: BoundedDescription, propositions: Iterable[str]
) -> StatusReader:
    """The reader for these propositions; one query for each kind of evidence that the description lacks."""
    links = read_links(store, schema, description)
    partial = [iri for iri in propositions if not is_complete(description, iri)]
    counts = _ACT_COUNTS.select_each(store, map(ox.NamedNode, partial)).rows
    fetched, room = set(partial), MAX_STATEMENTS
    for row in counts:
        room -= int(text_of(row["count"]))
        if room < 0:
            fetched.discard(text_of(row["proposition"]))
    return StatusReader(links, fetch_evidence_links(fetched, store), frozenset(partial) - fetched)


def is_complete(description: BoundedDescription, proposition: str) -> bool:
    """Whether the description has all evidence on the proposition."""
    incomplete = description.incomplete
    if not incomplete:
        return True
    propositions = [proposition, *description.referrers(namespaces.CONTENT, proposition)]
    statements = [s for act in ACTS for target in propositions for s in description.referrers(act, target)]
    disputes = [dispute for s in statements for dispute in description.referrers(namespaces.DISPUTES, s)]
    return incomplete.isdisjoint([*propositions, *statements, *disputes])


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
