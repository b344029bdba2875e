"""Whether bytes move fast enough: a body that a client sends, or a response that it reads. Knows no connection."""

from kg.settings import Settings


class Progress:
    """A minimum rate of bytes, averaged over windows of time in which bytes are expected."""

    __slots__ = ("_bytes", "_min_bytes", "_since", "_window_s")

    def __init__(self, settings: Settings) -> None:
        self._window_s = settings.stall_timeout_s
        self._min_bytes = settings.min_rate * settings.stall_timeout_s
        self._since: float | None = None
        self._bytes = 0

    def restart(self) -> None:
        """Begin a new window."""
        self._since = None

    def is_stalled(self, now: float, total: int, *, is_expected: bool) -> bool:
        """Whether ``total`` has grown by less than the minimum rate in a whole window."""
        if not is_expected:
            self._since = None
        elif self._since is None:
            self._since, self._bytes = now, total
        elif now - self._since >= self._window_s:
            if total - self._bytes < self._min_bytes:
                return True
            self._since, self._bytes = now, total
        return False
