"""Writes that wait for the writer, in a queue that their clients share.

Owns which of them are prepared together. Knows nothing of what they contain.
"""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kg.execution.fair_queue import FairQueue
from kg.execution.interface import Call
from kg.journal.record import Provenance

MAX_GROUP = 64
"""Writes that are prepared together."""


@dataclass(frozen=True, slots=True)
class ExpectedGraph:
    """A graph in the state that a client has seen (RFC 9110, section 13.1): only then its write is made."""

    graph: str
    versions: tuple[str, ...] = ()
    """``Store.graph_version`` is one of these; any will do if there are none."""
    excluded: tuple[str, ...] = ()
    """It is none of these."""

    def admits(self, version: str) -> bool:
        """Whether the graph may have this version."""
        return (not self.versions or version in self.versions) and version not in self.excluded


Permit = Callable[[Collection[str]], None]
"""Raises a ConflictKgError if the graphs of these names may not be changed; see ``PreparedWrite.graphs``."""


class PendingWrite:
    """A write and, once it is done, its result."""

    def __init__(
        self,
        call: Call,
        provenance: Provenance,
        before_commit: Callable[[], None] = lambda: None,
        expected: ExpectedGraph | None = None,
        permit: Permit | None = None,
    ) -> None:
        self.call, self.provenance, self.before_commit, self.expected = call, provenance, before_commit, expected
        self.permit = permit
        self.is_done = False
        self._properties: Mapping[str, Any] = {}
        self._error: BaseException | None = None

    def succeed(self, properties: Mapping[str, Any]) -> None:
        """The write is committed, or was only tried."""
        self.is_done, self._properties = True, properties

    def fail(self, error: BaseException) -> None:
        """The write is refused."""
        self.is_done, self._error = True, error

    def result(self) -> Mapping[str, Any]:
        """What its procedure says about it. Raises the error that refuses it."""
        if self._error is not None:
            raise self._error
        return self._properties


class WriteQueue:
    """The writes that wait; for any thread."""

    def __init__(self, group_bytes: int) -> None:
        """``group_bytes``: of the contents of a group; a larger write is prepared alone, with 0 each one is."""
        self._group_bytes = group_bytes
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()
        """Writes of each client since the queue was last empty."""
        self._waiting: FairQueue[PendingWrite] = FairQueue(lambda client: (self._taken[client],))

    def add(self, write: PendingWrite) -> None:
        """The write waits."""
        with self._lock:
            self._waiting.add(write.call.client, write)

    def take(self) -> list[PendingWrite]:
        """The writes that come next, prepared together; at least one if any waits."""
        with self._lock:
            group: list[PendingWrite] = []
            size = 0
            while (write := self._waiting.first()) is not None:
                is_alone = self._is_alone(write)
                size += len(write.call.content)
                if group and (is_alone or size > self._group_bytes or len(group) == MAX_GROUP):
                    break
                self._taken[write.call.client] += 1
                self._waiting.remove(write.call.client, write)
                group.append(write)
                if is_alone:
                    break
            if not self._waiting:
                self._taken.clear()
            return group

    def _is_alone(self, write: PendingWrite) -> bool:
        """Whether others would wait too long for it, or it has a time limit of its own."""
        return write.call.timeout_s is not None or len(write.call.content) > self._group_bytes
