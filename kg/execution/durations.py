"""How long a query is expected to take: as the last ones of its fingerprint took that the same client sent.

A client learns from its own queries only that something takes long, so that nobody can make the queries of others look
long. That a fingerprint is short it also takes from others: who misuses that has the worker for a moment, once.
"""

from collections import Counter, OrderedDict
from enum import Enum, auto

from kg.execution.ranking import Ranking

_MAX_KNOWN = 4096
_MIN_SCORE = -3


class ExpectedDuration(Enum):
    """How long a query is expected to take."""

    SHORT = auto()
    UNKNOWN = auto()
    LONG = auto()


class Durations:
    """What clients have learnt. When it is too much, the client that holds most forgets what it used longest ago."""

    def __init__(self, max_known: int = _MAX_KNOWN) -> None:
        self._max_known = max_known
        self._scores: dict[str, OrderedDict[int, int]] = {}
        """By client and fingerprint: positive for long, negative for short, the further below 0 the more often."""
        self._holders = Ranking[str]()
        self._short: Counter[int] = Counter()
        """By fingerprint: for how many clients it is short."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def expect(self, client: str, fingerprint: int) -> ExpectedDuration:
        """What a query of the client will take."""
        scores = self._scores.get(client)
        score = scores.get(fingerprint) if scores is not None else None
        if score is None:
            return ExpectedDuration.SHORT if fingerprint in self._short else ExpectedDuration.UNKNOWN
        if score > 0:
            return ExpectedDuration.LONG
        return ExpectedDuration.SHORT if score < 0 else ExpectedDuration.UNKNOWN

    def learn(self, client: str, fingerprint: int, *, ran_long: bool) -> bool:
        """A query of the client ran long, or ended before; False if nothing is new."""
        # After many short runs one long run changes little; after a long run one short run resets to unknown.
        scores = self._scores.setdefault(client, OrderedDict())
        before = scores.get(fingerprint)
        score = min(1, (before or 0) + 1) if ran_long else max(_MIN_SCORE, (before or 0) - 1)
        scores[fingerprint] = score
        scores.move_to_end(fingerprint)
        if score == before:
            return False
        self._count_short(fingerprint, (score < 0) - (before is not None and before < 0))
        if before is None:
            self._count += 1
            self._holders.set(client, (-len(scores),))
            self._forget_surplus()
        return True

    def _forget_surplus(self) -> None:
        if self._count > self._max_known and (holder := self._holders.first()) is not None:
            scores = self._scores[holder]
            fingerprint, score = scores.popitem(last=False)
            self._count -= 1
            self._count_short(fingerprint, -(score < 0))
            if scores:
                self._holders.set(holder, (-len(scores),))
            else:
                del self._scores[holder]
                self._holders.discard(holder)

    def _count_short(self, fingerprint: int, change: int) -> None:
        if change:
            self._short[fingerprint] += change
            if not self._short[fingerprint]:
                del self._short[fingerprint]
