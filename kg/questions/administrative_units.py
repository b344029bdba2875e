"""Which places reference graphs list under which units, as far as nobody denies it: the ground of inferences by place.

Owns the rule that a denied step stops an inference. What is inferred is for ``kg.questions.matches``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

import pyoxigraph as ox

from kg.questions.evidence_graph import SUPPORT
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, text_of

_STEPS = BatchQuery.read(SUPPORT / "reference-steps.rq")


@dataclass(frozen=True, slots=True)
class AdministrativeUnits:
    """The units above some places. Regions, nearness and parts are none of its business."""

    parents: Mapping[str, Set[str]]
    denied: Set[tuple[str, str]]
    """Pairs of a place and a unit of which somebody denies that it is a part."""

    @classmethod
    def fetch(cls, places: Iterable[str], store: Queryable) -> "AdministrativeUnits":
        """The units above these places; without places, none, and no query."""
        starts = [ox.NamedNode(place) for place in places]
        parents: dict[str, set[str]] = defaultdict(set)
        denied: set[tuple[str, str]] = set()
        for row in _STEPS.select(store, {"start": starts}).rows if starts else ():
            if row["parent"] is not None:
                parents[text_of(row["place"])].add(text_of(row["parent"]))
            else:
                denied.add((text_of(row["place"]), text_of(row["deniedUnit"])))
        return cls(parents, denied)

    def list_under(self, place: str, unit: str) -> bool:
        """Whether reference graphs list the place under the unit, by any number of steps of which nobody denies one."""
        if unit not in self._above(place):
            return False
        on_the_way = {step for step in {place, *self._above(place)} if unit in self._above(step)}
        steps = ((step, other) for step in on_the_way for other in self._above(step) & (on_the_way | {unit}))
        return self.denied.isdisjoint(steps)

    def _above(self, place: str) -> set[str]:
        found: set[str] = set()
        pending = [place]
        while pending:
            new = self.parents.get(pending.pop(), set()) - found
            found |= new
            pending += new
        return found
