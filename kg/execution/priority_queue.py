"""Keys in the order of priorities that change: the lowest is found, and one changed, in logarithmic time.

A heap that keeps outdated entries until they come first or outnumber the others.
"""

from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

Key = TypeVar("Key")
Priority = tuple[float, ...]

_SPARE_ENTRIES = 16


class PriorityQueue(Generic[Key]):
    """Keys with a priority each; of equal priorities the one that was set first comes first."""

    def __init__(self) -> None:
        self._priorities: dict[Key, tuple[Priority, int]] = {}
        self._heap: list[tuple[Priority, int, Key]] = []
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._priorities)

    def set(self, key: Key, priority: Priority) -> None:
        """Add the key, or change its priority."""
        self._sequence += 1
        self._priorities[key] = (priority, self._sequence)
        heappush(self._heap, (priority, self._sequence, key))
        if len(self._heap) > 2 * len(self._priorities) + _SPARE_ENTRIES:
            self._heap = [(*place, key) for key, place in self._priorities.items()]
            heapify(self._heap)

    def discard(self, key: Key) -> None:
        """Remove the key if it is there."""
        self._priorities.pop(key, None)

    def first(self) -> Key | None:
        """The key of the lowest priority; None if there is none."""
        while self._heap:
            priority, sequence, key = self._heap[0]
            if self._priorities.get(key) == (priority, sequence):
                return key
            heappop(self._heap)
        return None
