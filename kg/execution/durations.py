"""How long a query is expected to take: as the last ones of its fingerprint took that the same client sent.

A client learns only from its own queries that something takes long, so that no client can make the queries of others
look long. That a fingerprint is short it also learns from others: a client that misuses that has the worker for a
moment, once.
"""

from collections import Counter, OrderedDict
from enum import Enum, auto
from typing import NamedTuple

from kg.execution.priority_queue import PriorityQueue

_MAX_KNOWN = 4096
_MIN_SCORE = -3
_BRIEF_RUNS = 3
"""After so many brief runs, and none since that was not, the next is expected to be brief."""


class ExpectedDuration(Enum):
    """How long a query is expected to take."""

    BRIEF = auto()
    """The last ones of the client all ended at once."""
    SHORT = auto()
    UNKNOWN = auto()
    LONG = auto()


class _Experience(NamedTuple):
    """What a client knows of a fingerprint."""

    score: int = 0
    """Positive for long, negative for short, the further below 0 the more often."""
    brief_runs: int = 0


class Durations:
    """What clients have learnt. When it is too much, the client that holds most forgets what it used longest ago."""

    def __init__(self, max_known: int = _MAX_KNOWN) -> None:
        self._max_known = max_known
        self._known: dict[str, OrderedDict[int, _Experience]] = {}
        """By client and fingerprint, of each client the one that it used longest ago first."""
        self._holders = PriorityQueue[str]()
        self._short: Counter[int] = Counter()
        """By fingerprint: for how many clients it is short."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def expect(self, client: str, fingerprint: int) -> ExpectedDuration:
        """What a query of the client will take."""
        known = self._known.get(client)
        experience = known.get(fingerprint) if known is not None else None
        if experience is None:
            return ExpectedDuration.SHORT if fingerprint in self._short else ExpectedDuration.UNKNOWN
        if experience.score > 0:
            return ExpectedDuration.LONG
        if experience.brief_runs == _BRIEF_RUNS:
            return ExpectedDuration.BRIEF
        return ExpectedDuration.SHORT if experience.score < 0 else ExpectedDuration.UNKNOWN

    def learn(self, client: str, fingerprint: int, *, ran_long: bool, was_brief: bool = False) -> None:
        """A query of the client ran long, or ended before; then it may have been brief."""
        # After many short runs one long run changes little; after a long run one short run resets to unknown.
        known = self._known.setdefault(client, OrderedDict())
        before = known.get(fingerprint)
        score, brief_runs = before or _Experience()
        score = min(1, score + 1) if ran_long else max(_MIN_SCORE, score - 1)
        known[fingerprint] = _Experience(score, min(_BRIEF_RUNS, brief_runs + 1) if was_brief else 0)
        known.move_to_end(fingerprint)
        self._count_short(fingerprint, (score < 0) - (before is not None and before.score < 0))
        if before is None:
            self._count += 1
            self._holders.set(client, (-len(known),))
            self._forget_surplus()

    def _forget_surplus(self) -> None:
        if self._count > self._max_known and (holder := self._holders.first()) is not None:
            known = self._known[holder]
            fingerprint, experience = known.popitem(last=False)
            self._count -= 1
            self._count_short(fingerprint, -(experience.score < 0))
            if known:
                self._holders.set(holder, (-len(known),))
            else:
                del self._known[holder]
                self._holders.discard(holder)

    def _count_short(self, fingerprint: int, change: int) -> None:
        if change:
            self._short[fingerprint] += change
            if not self._short[fingerprint]:
                del self._short[fingerprint]
