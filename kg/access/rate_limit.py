"""How often something may be done: the generic cell rate algorithm, a token bucket that keeps one number for a key.

Bounded in memory: of more keys than it keeps, those used longest ago begin anew. Knows no token and no client.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_KEYS = 10_000


class RateLimiter:
    """``rate`` times a second on average, and ``burst`` times at once; for any thread."""

    def __init__(
        self, rate: float, burst: float, *, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval, self._max_keys, self._clock = 1 / rate, max_keys, clock
        self._tolerance = self._interval * (max(burst, 1) - 1)
        self._arrivals: OrderedDict[str, float] = OrderedDict()
        """When each key, at this rate, would have come to its next time."""
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Count one; 0, or if that is too many, for how many seconds there is none, and nothing is counted."""
        with self._lock:
            now = self._clock()
            wait = self._wait(key, now)
            if wait <= 0:
                self._arrivals[key] = max(self._arrivals.get(key, now), now) + self._interval
                self._arrivals.move_to_end(key)
                if len(self._arrivals) > self._max_keys:
                    self._arrivals.popitem(last=False)
            return max(wait, 0.0)

    def wait(self, key: str) -> float:
        """For how many seconds there is none; 0 if there is one. Counts nothing."""
        with self._lock:
            return max(self._wait(key, self._clock()), 0.0)

    def __len__(self) -> int:
        return len(self._arrivals)

    def _wait(self, key: str, now: float) -> float:
        return self._arrivals.get(key, now) - now - self._tolerance
