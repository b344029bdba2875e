"""How the propositions of a description stand, decided by ``kg.status`` on complete evidence or not at all.

Owns how much evidence is fetched for one page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg.questions.standings import FetchedStandings, fetch_standings
from kg.status.act import Act, Evidence
from kg.status.evidence import EvidenceReader
from kg.status.standing import Standing
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of

_ACT_COUNTS = QueryTemplate.read(Path(__file__).parent / "act-counts.rq")
MAX_STATEMENTS = 1_000
"""Statements whose evidence is fetched for one page."""


@dataclass(frozen=True)
class StandingReader:
    """How propositions of a description stand; made by ``read_standings``."""

    fetched: FetchedStandings
    undecided: frozenset[str]
    """Propositions with more evidence than is fetched."""

    def standing_of(self, proposition: str) -> Standing | None:
        """How it stands; None where there is too much evidence to decide it here."""
        return None if proposition in self.undecided else self.fetched.standing_of(proposition)

    def act_of(self, statement: str, proposition: str) -> Evidence | None:
        """What the statement does to the proposition, as it is worded; None where that was not fetched."""
        items = self._evidence.collect(proposition, [statement])
        return next((item for item in items if item.statement == statement and item.act is not Act.DISPUTES), None)

    @cached_property
    def _evidence(self) -> EvidenceReader:
        return EvidenceReader(self.fetched.graph)


def read_standings(store: Queryable, propositions: Iterable[str]) -> StandingReader:
    """The reader for these propositions: one query counts the statements on them, others fetch them."""
    described, undecided, room = set(propositions), set[str](), MAX_STATEMENTS
    for row in _ACT_COUNTS.select_each(store, map(ox.NamedNode, described)).rows:
        room -= int(text_of(row["count"]))
        if room < 0:
            undecided.add(text_of(row["proposition"]))
    return StandingReader(fetch_standings(described - undecided, store), frozenset(undecided))
