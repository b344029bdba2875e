"""The connections of one server: how many there may be, whose they are, and how long each may keep the server waiting.

Owns the ceiling, the fair share of each client, and the one timer for all time limits. Knows no HTTP: a connection says
what it waits for (``Phase``) and ends itself.
"""

import asyncio
import logging
import resource
from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import IntEnum
from typing import Protocol

from api.http.client_key import ClientKeys
from api.http.request_head import HeadCheck
from api.http.turns import Turns
from kg.settings import Settings

_log = logging.getLogger(__name__)

SWEEP_INTERVAL_S = 0.5
_MOST_CONNECTIONS = 1024
_RESERVED_FILES = 256
"""Files that stay free for the store, the workers and logs; a quarter of the limit if that is less."""
_LINGERING_MAX = 64
"""Refused connections that may be open for a moment, so that their clients read why."""
_SCAN_S = 0.0001
"""How long a list of candidates is used, for each connection: a flood of newcomers must not renew it often."""
_SUMMARY_INTERVAL_S = 60.0
_BETWEEN_REQUESTS_S = 2.0


class Phase(IntEnum):
    """What a connection waits for; a newcomer displaces those with the smallest value first."""

    CLOSING = 0
    IDLE = 1
    HEAD = 2
    BODY = 3
    UNREAD = 4
    WORKING = 5
    """The server works; nobody displaces this."""


class Connection(Protocol):
    """A connection as seen from here."""

    share_key: str
    is_exempt: bool
    """Whether it is one of a trusted proxy, which speaks for many clients."""

    @property
    def phase(self) -> Phase:
        """What it waits for now."""
        ...

    @property
    def since(self) -> float:
        """When that began, in the time of the event loop."""
        ...

    def end_if_late(self, now: float) -> str:
        """End the connection if a time limit is over, and return which; else return an empty string."""
        ...

    def abort(self) -> None:
        """End the connection at once."""
        ...


def ceiling(settings: Settings) -> int:
    """How many connections there may be: below the limit of open files, whatever the settings say."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return settings.max_connections or _MOST_CONNECTIONS
    available = max(1, files - min(_RESERVED_FILES, files // 4))
    return min(settings.max_connections or _MOST_CONNECTIONS, available)


class Connections:
    """The connections of one event loop, and what was counted about them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.max_connections = ceiling(settings)
        self.max_of_client = min(settings.client_connections, max(1, self.max_connections // 2))
        self.keys = ClientKeys(settings.trusted_proxies)
        self.check_head = HeadCheck(settings.allowed_hosts)
        self.turns = Turns()
        self.refused: Counter[str] = Counter()
        self.timed_out: Counter[str] = Counter()
        self.rejected: Counter[int] = Counter()
        self.displaced = 0
        self._open: dict[Connection, None] = {}
        self._by_client: dict[str, dict[Connection, None]] = defaultdict(dict)
        self._candidates: list[Connection] = []
        self._scanned = self._next_scan = 0.0
        self._lingering: set[Connection] = set()
        self._is_scheduled = False
        self._summary = _Summary()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._open))

    def admit(self, connection: Connection) -> bool:
        """Add the connection, if its client has a share left and there is room, or room can be made."""
        loop = asyncio.get_running_loop()
        share = len(self._by_client.get(connection.share_key, ()))
        if not connection.is_exempt and share >= self.max_of_client:
            self.refused["share"] += 1
            return False
        if len(self._open) >= self.max_connections and not self._displace(share, loop.time()):
            self.refused["ceiling"] += 1
            return False
        self._open[connection] = None
        self._by_client[connection.share_key][connection] = None
        if not self._is_scheduled:
            self._is_scheduled = True
            loop.call_later(SWEEP_INTERVAL_S, self._sweep, loop)
        return True

    def may_linger(self, connection: Connection) -> bool:
        """Whether a connection that was not admitted may stay open for a moment."""
        if len(self._lingering) >= _LINGERING_MAX:
            return False
        self._lingering.add(connection)
        return True

    def remove(self, connection: Connection) -> None:
        """The connection has ended; nothing happens if it was neither admitted nor lingering."""
        self._lingering.discard(connection)
        if connection not in self._open:
            return
        del self._open[connection]
        of_client = self._by_client[connection.share_key]
        del of_client[connection]
        if not of_client:
            del self._by_client[connection.share_key]

    def _displace(self, share: int, now: float) -> bool:
        """End the connection of a larger share that has waited longest; whether there was one."""
        while self._candidates or self._scan(now):
            victim = self._candidates.pop()
            if victim not in self._open or victim.phase is Phase.WORKING or victim.since > self._scanned:
                continue
            if len(self._by_client[victim.share_key]) > share:
                self.remove(victim)
                self.displaced += 1
                victim.abort()
                return True
            # It is of the largest share, or was: others of this newcomer's client must not use up the list.
            self._candidates.append(victim)
            if not self._scan(now):
                return False
            if len(self._by_client[self._candidates[-1].share_key]) <= share:
                return False
        return False

    def _scan(self, now: float) -> bool:
        """List the candidates, the best last; false if that was done a moment ago, or if there are none."""
        if now < self._next_scan:
            return False
        self._scanned, self._next_scan = now, now + len(self._open) * _SCAN_S
        waiting = [
            (-len(self._by_client[connection.share_key]), _rank(connection, now), connection.since, connection)
            for connection in self._open
            if connection.phase is not Phase.WORKING and not connection.is_exempt
        ]
        waiting.sort(key=lambda row: row[:3], reverse=True)
        self._candidates = [connection for *_, connection in waiting]
        return bool(self._candidates)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in list(self._open):
            self._end_if_late(connection, now)
        self._summary.write(self, now)
        self._is_scheduled = bool(self._open) or self._summary.is_due(self)
        if self._is_scheduled:
            loop.call_later(SWEEP_INTERVAL_S, self._sweep, loop)

    def _end_if_late(self, connection: Connection, now: float) -> None:
        try:
            if reason := connection.end_if_late(now):
                self.timed_out[reason] += 1
        except Exception:  # noqa: BLE001 - a defect in one connection must not end the time limits of all
            _log.exception("the time limits of a connection cannot be checked; it is ended")
            connection.abort()


def _rank(connection: Connection, now: float) -> Phase:
    """The phase, but that of an idle connection counts only after a moment: its next request may be on its way."""
    phase = connection.phase
    return Phase.UNREAD if phase is Phase.IDLE and now - connection.since < _BETWEEN_REQUESTS_S else phase


class _Summary:
    """One line a minute at most about connections that were refused or ended, however many they were."""

    def __init__(self) -> None:
        self._reported = 0
        self._next = 0.0

    def is_due(self, connections: Connections) -> bool:
        """Whether something happened since the last line."""
        return self._count(connections) != self._reported

    def write(self, connections: Connections, now: float) -> None:
        """Write the line if something happened and the last one is old enough."""
        if now < self._next or not self.is_due(connections):
            return
        self._reported, self._next = self._count(connections), now + _SUMMARY_INTERVAL_S
        _log.warning(
            "connections: %d open of %d; since the start %d refused at the ceiling, %d beyond the share of a client, "
            "%d displaced",
            len(connections),
            connections.max_connections,
            connections.refused["ceiling"],
            connections.refused["share"],
            connections.displaced,
        )

    def _count(self, connections: Connections) -> int:
        return connections.refused.total() + connections.displaced
