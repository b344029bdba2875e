"""How often workers are killed because their client has left: each time costs a fork and the copy of its memory.

Beyond the rate such a worker goes on for a moment, in the slot that its client has anyway. Knows no worker.
"""

import time
from collections.abc import Callable


class KillRate:
    """A token bucket: so many at once, then so many a second. Not thread-safe."""

    def __init__(
        self, *, burst: int = 4, per_second: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._tokens, self._seen = float(burst), clock()

    def take(self) -> bool:
        """Whether one more may be killed now."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._per_second)
        self._seen = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
