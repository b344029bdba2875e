"""Whose request starts next: where several clients send at once, a flood of one must not fill the event loop.

In each iteration of the loop a client starts one request, and all clients together a few; others wait for the next one.
Who has started none lately goes first. A client that is alone waits for nothing. Knows no request.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

STARTS_MAX = 3
"""Requests that start in one iteration while several clients send."""
_LATELY_S = 0.05
_SHARED_S = 0.25
"""How long after the last change of clients several are supposed to send."""

Start = Callable[[], None]


class Turns:
    """The requests of one event loop that wait to be started."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Start]] = OrderedDict()
        self._started: set[str] = set()
        """Clients that have started a request in this iteration."""
        self._last_start: OrderedDict[str, float] = OrderedDict()
        """Of the clients that have started one lately, the one longest ago first."""
        self._last_client = ""
        self._shared_until = 0.0
        self._is_scheduled = False

    def __len__(self) -> int:
        """How many clients it remembers."""
        return len(self._waiting.keys() | self._last_start.keys())

    def take(self, client: str, start: Start) -> None:
        """Start the request of this client now, or in one of the next iterations of the loop."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if client != self._last_client:
            self._last_client, self._shared_until = client, now + _SHARED_S
        if now > self._shared_until and not self._waiting:
            self._last_start.clear()
            start()
            return
        if client not in self._waiting and client not in self._started and len(self._started) < STARTS_MAX:
            self._begin(client, start, now)
        else:
            is_new = client not in self._waiting
            self._waiting.setdefault(client, deque()).append(start)
            if is_new and now - self._last_start.get(client, 0.0) > _LATELY_S:
                self._waiting.move_to_end(client, last=False)
        if not self._is_scheduled:
            self._is_scheduled = True
            loop.call_soon(self._next, loop)

    def _begin(self, client: str, start: Start, now: float) -> None:
        self._started.add(client)
        self._last_start[client] = now
        self._last_start.move_to_end(client)
        while now - next(iter(self._last_start.values())) > _LATELY_S:
            self._last_start.popitem(last=False)
        start()

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._started.clear()
        for client in list(self._waiting)[:STARTS_MAX]:
            starts = self._waiting.pop(client)
            self._begin(client, starts.popleft(), loop.time())
            if starts:
                self._waiting[client] = starts
        self._is_scheduled = bool(self._started)
        if self._is_scheduled:
            loop.call_soon(self._next, loop)
