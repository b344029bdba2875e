"""How much one client may use at once: requests in progress, and bytes of a body that anybody may send.

Further requests of a client wait, for a time, and hold up nobody else. A body without a valid token has one limit for
all routes; which routes receive more with a token, is in the table that the app passes. Refuses before the first byte
of the body is read where the length is stated. Knows no route.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.authorization import has_valid_token
from api.http.problem import status_response
from api.services import Services

UNCOUNTED = ("/healthz", "/readyz", "/metrics")
"""Probes and metrics: constant work, and the health check of a container must not wait for its neighbours."""
RETRY_AFTER_S = 1


class ClientShares:
    """The requests in progress of every client; used by one event loop."""

    def __init__(self, max_requests: int, wait_s: float) -> None:
        self._max_requests, self._wait_s = max_requests, wait_s
        self._running: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = defaultdict(deque)
        self.refused = 0

    @property
    def running(self) -> int:
        """Requests in progress."""
        return sum(self._running.values())

    @property
    def waiting(self) -> int:
        """Requests that wait for one of the same client to end."""
        return sum(map(len, self._waiting.values()))

    async def enter(self, client: str) -> bool:
        """Begin a request, if need be when another one of this client has ended; False if none ends in time."""
        if self._running[client] < self._max_requests:
            self._running[client] += 1
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[client].append(turn)
        try:
            async with asyncio.timeout(self._wait_s):
                await turn
        except TimeoutError:
            if _has_come(turn):
                return True
            self.refused += 1
            return False
        except asyncio.CancelledError:
            if _has_come(turn):
                self.leave(client)
            raise
        finally:
            self._forget(client, turn)
        return True

    def leave(self, client: str) -> None:
        """End a request; the one that has waited longest takes its place."""
        waiting = self._waiting.get(client, ())
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
                return
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]

    def _forget(self, client: str, turn: "asyncio.Future[None]") -> None:
        self._waiting[client].remove(turn)
        if not self._waiting[client]:
            del self._waiting[client]


def _has_come(turn: "asyncio.Future[None]") -> bool:
    return turn.done() and not turn.cancelled()


class AdmissionMiddleware:
    """Gives every request its place in the share of its client, and counts the bytes of its body."""

    def __init__(self, app: ASGIApp, services: Services, shares: ClientShares, body_limits: Mapping[str, int]) -> None:
        self._app, self._services, self._shares = app, services, shares
        self._max_bytes = services.settings.body_max_mb * 1_000_000
        self._body_limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCOUNTED:
            await self._app(scope, receive, send)
            return
        client = scope.setdefault("client_key", "")
        if not await self._shares.enter(client):
            response = status_response(
                Request(scope),
                HTTPStatus.SERVICE_UNAVAILABLE,
                "this client has too many requests in progress",
                headers={"Retry-After": str(RETRY_AFTER_S)},
            )
            await response(scope, receive, send)
            return
        try:
            await self._app(scope, self._count(scope, receive) if _has_body(scope) else receive, send)
        finally:
            self._shares.leave(client)

    def _count(self, scope: Scope, receive: Receive) -> Receive:
        """``receive``, raising HTTPException 413 instead of the first byte beyond the limit."""
        max_bytes = self._limit(scope)
        size = 0
        is_too_large = _stated_length(scope) > max_bytes

        async def receive_counted() -> Message:
            nonlocal size, is_too_large
            if not is_too_large:
                message = await receive()
                size += len(message.get("body", b""))
                is_too_large = size > max_bytes
            if is_too_large:
                reason = f"the request is larger than {max_bytes:,} bytes"
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
            return message

        return receive_counted

    def _limit(self, scope: Scope) -> int:
        path: str = scope["path"]
        largest = max((size for prefix, size in self._body_limits.items() if path.startswith(prefix)), default=0)
        if largest > self._max_bytes and has_valid_token(Request(scope), self._services):
            return largest
        return self._max_bytes


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _stated_length(scope: Scope) -> int:
    """What Content-Length says; 0 without one."""
    value = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(value) if value.isdigit() else 0
