"""How much of the workers each client uses: how many it has now, and for how long it had them in the last seconds.

Time with a worker counts half after ``HALF_LIFE_S``, a quarter after twice that, and so on. Since all of it shrinks
alike, the order of clients only changes when one is charged; so a client's use is kept as a score that time does not
change: the binary logarithm of what its use would have been worth at time 0.
"""

import math
from collections import OrderedDict

HALF_LIFE_S = 2.0
REMEMBERED_S = 60.0
"""A client that has asked for nothing for so long is no longer counted."""
MAX_CLIENTS = 4096


class ClientUsage:
    """The use of all clients that were seen lately."""

    def __init__(self) -> None:
        self._scores: OrderedDict[str, float] = OrderedDict()
        """By client, the one seen longest ago first."""
        self._seen: dict[str, float] = {}
        self._total = -math.inf
        """The score of all clients together."""
        self._running: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._scores)

    def see(self, client: str, now: float) -> None:
        """The client asks for something. Forgets those that have not for long."""
        if client not in self._scores:
            self._admit(client)
        self._scores.move_to_end(client)
        self._seen[client] = now
        oldest = next(iter(self._scores))
        while self._seen[oldest] < now - REMEMBERED_S or len(self._scores) > MAX_CLIENTS:
            del self._scores[oldest], self._seen[oldest]
            oldest = next(iter(self._scores))

    def _admit(self, client: str) -> None:
        # Otherwise whoever comes with ever new addresses would go before all that have used anything.
        mean = self._mean()
        self._scores[client] = mean
        self._total = _add(self._total, mean)

    def _mean(self) -> float:
        """The score of the mean use."""
        return self._total - math.log2(len(self._scores)) if self._scores else -math.inf

    def start(self, client: str) -> None:
        """It gets a worker."""
        self._running[client] = self._running.get(client, 0) + 1

    def end(self, client: str) -> None:
        """It has one worker less."""
        left = self._running.pop(client) - 1
        if left:
            self._running[client] = left

    def charge(self, client: str, seconds: float, now: float) -> None:
        """It has had a worker for so long."""
        if seconds > 0:
            charged = math.log2(seconds) + now / HALF_LIFE_S
            self._total = _add(self._total, charged)
            if client in self._scores:
                self._scores[client] = _add(self._scores[client], charged)

    def standing(self, client: str) -> tuple[float, float]:
        """Lower for those that go first: the workers that it has now, then the score of its use."""
        return self._running.get(client, 0), self._scores.get(client, -math.inf)

    def is_alone(self) -> bool:
        """Whether no other client was seen lately."""
        return len(self._scores) <= 1

    def is_heavy(self, client: str) -> bool:
        """Whether it has used more than half of the mean of several clients."""
        score = self._scores.get(client, -math.inf)
        return len(self._scores) > 1 and score > self._mean() - 1

    def has_worker(self, client: str) -> bool:
        """Whether it has a worker now."""
        return client in self._running


def _add(score: float, other: float) -> float:
    """The score of both uses together."""
    larger, smaller = max(score, other), min(score, other)
    return larger + math.log2(1 + 2.0 ** (smaller - larger)) if smaller > -math.inf else larger
