"""How the propositions of a description stand, decided by ``kg.status`` on complete evidence or not at all.

Owns how much evidence is fetched for one page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.questions.evidence_graph import fetch_evidence_links
from kg.status.provenance import NamedEvidenceGraph
from kg.status.standing import Standing, read_standing
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of

_ACT_COUNTS = QueryTemplate.read(Path(__file__).parent / "act-counts.rq")
MAX_STATEMENTS = 5_000
"""Statements whose evidence is fetched for one page."""


@dataclass(frozen=True, slots=True)
class StandingReader:
    """Decides propositions of a description; made by ``read_standings``."""

    fetched: NamedEvidenceGraph
    """All evidence on the propositions."""
    undecided: frozenset[str]
    """Propositions with more evidence than is fetched."""

    def standing_of(self, proposition: str) -> Standing | None:
        """How it stands; None where there is too much evidence to decide it here."""
        return None if proposition in self.undecided else read_standing(self.fetched, proposition)


def read_standings(store: Queryable, propositions: Iterable[str]) -> StandingReader:
    """The reader for these propositions, in two queries: one counts, one fetches."""
    fetched, undecided, room = set(propositions), set[str](), MAX_STATEMENTS
    for row in _ACT_COUNTS.select_each(store, map(ox.NamedNode, fetched)).rows:
        room -= int(text_of(row["count"]))
        if room < 0:
            undecided.add(text_of(row["proposition"]))
    return StandingReader(fetch_evidence_links(fetched - undecided, store), frozenset(undecided))
