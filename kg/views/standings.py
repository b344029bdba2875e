"""How the propositions of a description stand, decided by ``kg.status`` on complete evidence or not at all.

Owns how much evidence is fetched for one page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.questions.standings import FetchedStandings, fetch_standings
from kg.status.standing import Standing
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of

_ACT_COUNTS = QueryTemplate.read(Path(__file__).parent / "act-counts.rq")
MAX_STATEMENTS = 5_000
"""Statements whose evidence is fetched for one page."""


@dataclass(frozen=True, slots=True)
class StandingReader:
    """How propositions of a description stand; made by ``read_standings``."""

    fetched: FetchedStandings
    undecided: frozenset[str]
    """Propositions with more evidence than is fetched."""

    def standing_of(self, proposition: str) -> Standing | None:
        """How it stands; None where there is too much evidence to decide it here."""
        return None if proposition in self.undecided else self.fetched.standing_of(proposition)


def read_standings(store: Queryable, propositions: Iterable[str]) -> StandingReader:
    """The reader for these propositions: one query counts the statements on them, others fetch them."""
    described, undecided, room = set(propositions), set[str](), MAX_STATEMENTS
    for row in _ACT_COUNTS.select_each(store, map(ox.NamedNode, described)).rows:
        room -= int(text_of(row["count"]))
        if room < 0:
            undecided.add(text_of(row["proposition"]))
    return StandingReader(fetch_standings(described - undecided, store), frozenset(undecided))
