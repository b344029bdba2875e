"""The days derived from dates, in a store that may be too large for objects.

Owns which quads are read for it. How days are derived is ``kg.ingest.edtf_dates``'s.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.errors import Finding
from kg.ingest.edtf_dates import DERIVED_FROM, derive_days
from kg.namespaces import EDTF, SPANS

_Property = tuple[ox.NamedNode, Any]
_DATATYPE = ox.NamedNode(EDTF)


@dataclass(frozen=True, slots=True)
class DerivedDays:
    """What the dates of a store make of its derived days, and what is wrong with the dates."""

    removed: Sequence[ox.Quad]
    added: Sequence[ox.Quad]
    findings: Sequence[Finding]


def complete_days(engine: ox.Store) -> DerivedDays:
    """Have the store contain the days that its dates may mean, and no others. In memory are those that it lacks."""
    days = _Days()
    for predicate in SPANS:
        for quad in engine.quads_for_pattern(None, predicate, None):
            days.add(quad)
    removed, kept = [], 0
    for predicate in DERIVED_FROM:
        for quad in engine.quads_for_pattern(None, predicate, None):
            if days.contains(quad):
                kept += 1
            else:
                removed.append(quad)
    # Most files have what a store has derived before.
    added = [quad for quad in days.quads() if quad not in engine] if kept < days.count() else []
    for quad in removed:
        engine.remove(quad)
    engine.extend(added)
    return DerivedDays(removed, added, days.findings)


class _Days:
    """The derived days of dates, each distinct date read once."""

    def __init__(self) -> None:
        self._days: dict[tuple[ox.NamedNode, Any], frozenset[_Property]] = {}
        self._of: dict[tuple[Any, Any], set[tuple[ox.NamedNode, Any]]] = defaultdict(set)
        """The dates of each subject in a graph."""
        self.findings: list[Finding] = []

    def add(self, quad: ox.Quad) -> None:
        date = quad.predicate, quad.object
        if date not in self._days:
            derived, findings = derive_days([quad])
            # They are in the form that the store gives them.
            found = (day for day in derived if day.predicate in DERIVED_FROM)
            self._days[date] = frozenset((day.predicate, day.object) for day in found)
            if findings:
                del self._days[date]
                self.findings += findings
                return
        if self._days[date]:
            self._of[quad.subject, quad.graph_name].add(date)

    def contains(self, quad: ox.Quad) -> bool:
        derived = quad.predicate, quad.object
        return any(derived in self._days[date] for date in self._of.get((quad.subject, quad.graph_name), ()))

    def count(self) -> int:
        return sum(map(len, map(self._union, self._of.values())))

    def quads(self) -> Iterator[ox.Quad]:
        for (subject, graph), dates in self._of.items():
            for predicate, value in self._union(dates):
                yield ox.Quad(subject, predicate, value, graph)

    def _union(self, dates: Iterable[tuple[ox.NamedNode, Any]]) -> Set[_Property]:
        first, *others = (self._days[date] for date in dates)
        return first.union(*others) if others else first


def check_dates(engine: ox.Store, texts: Iterable[str]) -> list[Finding]:
    """A finding for each of these EDTF values that is none, where it is no date that days are derived from."""
    findings: list[Finding] = []
    for text in texts:
        literal = ox.Literal(text, datatype=_DATATYPE)
        if derive_days([ox.Quad(_DATATYPE, _DATATYPE, literal)])[1]:
            quads = [quad for quad in engine.quads_for_pattern(None, None, literal) if quad.predicate not in SPANS]
            findings += derive_days(quads)[1]
    return findings
