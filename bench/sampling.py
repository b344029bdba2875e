"""Random choices with the skew of real reporting, the same for the same seed."""

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

Item = TypeVar("Item")


class Weighted:
    """Choices with given weights."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._names = list(weights)
        self._sums = list(accumulate(weights.values()))

    def draw(self, chance: random.Random) -> str:
        return self._names[bisect(self._sums, chance.random() * self._sums[-1])]


class Zipf:
    """Positions 0 to ``count`` - 1, the first by far the most frequent."""

    def __init__(self, count: int, exponent: float = 1.0) -> None:
        self._sums = list(accumulate(1 / (rank + 1) ** exponent for rank in range(count)))

    def draw(self, chance: random.Random) -> int:
        return bisect(self._sums, chance.random() * self._sums[-1])


def skewed(items: Sequence[Item], chance: random.Random) -> Item:
    """One of a sequence that may grow, early ones preferred."""
    return items[int(len(items) * chance.random() ** 3)]


def recent(items: Sequence[Item], chance: random.Random) -> Item:
    """One of a sequence that may grow, late ones preferred."""
    return items[-1 - int(len(items) * chance.random() ** 3)]
