"""Random choices with the skew of real reporting, reproducible for a seed."""

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

Item = TypeVar("Item")


class WeightedChoice:
    """Random choice of a name by weight."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._names = list(weights)
        self._sums = list(accumulate(weights.values()))

    def sample(self, rng: random.Random) -> str:
        return self._names[bisect(self._sums, rng.random() * self._sums[-1])]


class Zipf:
    """Random ranks 0 to ``count`` - 1 with a Zipf distribution."""

    def __init__(self, count: int, exponent: float = 1.0) -> None:
        self._sums = list(accumulate(1 / (rank + 1) ** exponent for rank in range(count)))

    def sample(self, rng: random.Random) -> int:
        return bisect(self._sums, rng.random() * self._sums[-1])


def pick_early(items: Sequence[Item], rng: random.Random) -> Item:
    """An item of a growing sequence, early ones preferred."""
    return items[int(len(items) * rng.random() ** 3)]


def pick_late(items: Sequence[Item], rng: random.Random) -> Item:
    """An item of a growing sequence, late ones preferred."""
    return items[-1 - int(len(items) * rng.random() ** 3)]
