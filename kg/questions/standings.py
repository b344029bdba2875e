"""How many propositions stand, each with a look at what is said near it: the one way for GraphQL and pages.

Owns what is fetched: what may stand near them, what all these say, and the evidence on those that do stand near, which
are far fewer where a place or a zone is spoken of often. What is made of it is ``kg.status.standing``'s.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kg.questions.evidence_graph import SUPPORT, QueryEvidenceGraph, fetch_evidence_links, split_nodes
from kg.status.evidence import EvidenceReader
from kg.status.standing import Standing, read_standing
from kg.status.surroundings import Related, Surroundings
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, text_of

_SURROUNDINGS = BatchQuery.read(SUPPORT / "surroundings.rq")
_CONTENTS = BatchQuery.read(SUPPORT / "contents.rq")
_CONTENTS_LENGTH = 100_000
"""Characters of the IRIs in one query of contents, in which each stands once."""
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
    iris = set(propositions)
    return fetch_near_standings(iris, _fetch_related(sorted(iris), store), store)


def fetch_near_standings(propositions: Collection[str], related: Related | None, store: Queryable) -> FetchedStandings:
    """The same, for propositions whose related ones are known; None for those of which there are too many."""
    if related is None or sum(map(len, related.values())) > STATEMENTS_MAX:
        return FetchedStandings(fetch_evidence_links(propositions, store), None)
    near = _find_near(propositions, related, store)
    graph = fetch_evidence_links({*propositions, *near}, store)
    return FetchedStandings(graph, Surroundings(EvidenceReader(graph), near))


def _find_near(propositions: Collection[str], related: Related, store: Queryable) -> Related:
    """The related ones that stand near any of the propositions, by what they say."""
    rows = (
        row
        for nodes in split_nodes({*propositions, *related}, _CONTENTS_LENGTH)
        for row in _CONTENTS.select(store, {"subject": nodes}).rows
    )
    around = Surroundings(EvidenceReader(QueryEvidenceGraph(rows)), related)
    near = {other for proposition in propositions for other in around.near(proposition)}
    return {other: related[other] for other in near}


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
