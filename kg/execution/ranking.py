"""Keys in the order of ranks that change: the lowest is found, and one changed, in logarithmic time.

A heap that keeps outdated entries until they come first or outnumber the others.
"""

from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

Key = TypeVar("Key")
Rank = tuple[float, ...]

_SPARE_ENTRIES = 16


class Ranking(Generic[Key]):
    """Keys with a rank each; of equal ranks none comes first for sure."""

    def __init__(self) -> None:
        self._ranks: dict[Key, tuple[Rank, int]] = {}
        self._heap: list[tuple[Rank, int, Key]] = []
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._ranks)

    def set(self, key: Key, rank: Rank) -> None:
        """Add the key, or change its rank."""
        self._sequence += 1
        self._ranks[key] = (rank, self._sequence)
        heappush(self._heap, (rank, self._sequence, key))
        if len(self._heap) > 2 * len(self._ranks) + _SPARE_ENTRIES:
            self._heap = [(*place, key) for key, place in self._ranks.items()]
            heapify(self._heap)

    def discard(self, key: Key) -> None:
        """Remove the key if it is there."""
        self._ranks.pop(key, None)

    def first(self) -> Key | None:
        """The key of the lowest rank; None if there is none."""
        while self._heap:
            rank, sequence, key = self._heap[0]
            if self._ranks.get(key) == (rank, sequence):
                return key
            heappop(self._heap)
        return None
