"""How many propositions stand, each with a look at what is said near it: the one way for GraphQL and pages.

Owns what is fetched: in one query what may stand near them, in another the evidence on all. What is made of it is
``kg.status.standing``'s.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.questions.evidence_graph import SUPPORT, QueryEvidenceGraph, fetch_evidence_links, split_nodes
from kg.status.evidence import EvidenceReader
from kg.status.standing import Standing, read_standing
from kg.status.surroundings import Surroundings
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, text_of

_SURROUNDINGS = BatchQuery.read(SUPPORT / "surroundings.rq")
STATEMENTS_MAX = 10_000
"""Statements near propositions; if there are more, nothing is said of what is not said."""


@dataclass(frozen=True, slots=True)
class FetchedStandings:
    """Propositions with all that their standing rests on; each is decided when it is asked for."""

    graph: QueryEvidenceGraph
    surroundings: Surroundings | None

    def standing_of(self, proposition: str) -> Standing:
        """How it stands. It must be one of those that were fetched."""
        return read_standing(self.graph, proposition, self.surroundings)


def fetch_standings(propositions: Iterable[str], store: Queryable) -> FetchedStandings:
    """What the standing of each of the propositions rests on."""
    iris = sorted(set(propositions))
    related = _fetch_related(iris, store)
    graph = fetch_evidence_links({*iris, *(related or ())}, store)
    return FetchedStandings(graph, surroundings_of(graph, related))


def surroundings_of(graph: QueryEvidenceGraph, related: dict[str, set[str]] | None) -> Surroundings | None:
    """What stands near the propositions of the graph; None if too many statements do."""
    if related is None or sum(map(len, related.values())) > STATEMENTS_MAX:
        return None
    return Surroundings(EvidenceReader(graph), related)


def _fetch_related(iris: Iterable[str], store: Queryable) -> dict[str, set[str]] | None:
    """What may stand near the propositions, with the statements on it; None if there are too many statements."""
    related: dict[str, set[str]] = defaultdict(set)
    for nodes in split_nodes(iris):
        rows = _SURROUNDINGS.select(store, {"proposition": nodes}).rows
        if len(rows) > STATEMENTS_MAX:
            return None
        for row in rows:
            related[text_of(row["related"])].add(text_of(row["statement"]))
    return related
