"""What operators see of requests: one line of JSON each in the log, a request id, and the numbers of ``/metrics``.

Owns the names of the metrics. Neither tokens nor the text of queries get here: a query is told by a hash.
"""

import itertools
import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.services import Services
from api.telling import Gathering

ACCESS_LOG = "api.access"
_HEADER = b"x-request-id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_log = logging.getLogger(ACCESS_LOG)


class Metrics:
    """The numbers of one app."""

    def __init__(self, services: Services) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "conflict_kg_http_requests",
            "HTTP requests by method and status.",
            ("method", "status"),
            registry=self.registry,
        )
        self._queries = Counter(
            "conflict_kg_queries", "SPARQL queries and updates by outcome.", ("kind", "outcome"), registry=self.registry
        )
        self._seconds = Histogram(
            "conflict_kg_query_seconds",
            "Time from the request to the last byte of its answer.",
            ("kind",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        # The children of a metric are looked up again and again; the names of their labels are few.
        self._counted: dict[tuple[str, int], Counter] = {}
        self._asked: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self.registry.register(_Running(services))
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, status: int, asked: str, outcome: str, seconds: float) -> None:
        """Count one request; ``asked`` is empty where it was neither query nor update."""
        counted = self._counted.get((method, status))
        if counted is None:
            counted = self._counted[method, status] = self._requests.labels(method, str(status))
        counted.inc()
        if asked:
            pair = self._asked.get((asked, outcome))
            if pair is None:
                pair = self._asked[asked, outcome] = self._queries.labels(asked, outcome), self._seconds.labels(asked)
            pair[0].inc()
            pair[1].observe(seconds)


class _Running(Collector):
    """What the executor and the store say of themselves when they are asked."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterable[Any]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        version = self._services.publication.store.version.partition("-")[0]
        if version:
            yield GaugeMetricFamily(
                "conflict_kg_dataset_version", "Commits to the data since it was made.", value=int(version)
            )
        told = getattr(self._services.executor, "status", None)  # an executor over a remote engine has no processes
        if told is None:
            return
        status = told()
        for name, help_text, value in (
            ("workers", "Processes that answer queries.", status.workers),
            ("workers_busy", "Processes that answer a query now.", status.busy),
            ("queue_length", "Queries that wait for a process.", status.waiting),
            ("workers_in_memory", "1 where the processes hold the graph in memory, 0 on disk.", int(status.in_memory)),
            (
                "workers_resident_bytes",
                "Memory of these processes; shared pages count for each.",
                status.resident_mb * 1_000_000,
            ),
        ):
            yield GaugeMetricFamily(f"conflict_kg_{name}", help_text, value=value)
        yield CounterMetricFamily(
            "conflict_kg_workers_killed", "Processes ended because of a query.", value=status.killed
        )


class Observed:
    """Middleware around everything else: gives each request its id, logs it and counts it when its answer has ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics
        self._prefix, self._numbers = secrets.token_hex(4), itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _given_id(scope) or f"{self._prefix}{next(self._numbers):08x}"
        status = size = 0
        ended = False

        async def noted(message: Message) -> None:
            nonlocal status, size, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_HEADER, request_id.encode())]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            # The answer to our own faults is made outside of all this.
            status = status or 500
            scope["outcome"] = "failed"
            raise
        finally:
            outcome = scope.get("outcome") or ("ok" if ended else "left")
            seconds = time.perf_counter() - started
            self._metrics.observe(scope["method"], status, scope.get("asked", ""), outcome, seconds)
            if _log.isEnabledFor(logging.INFO):
                _tell(_line(scope, request_id, status, outcome, seconds, size))


def _given_id(scope: Scope) -> str:
    """The id that the client sends, if it is one that can stand in a log."""
    given = next((value for name, value in scope["headers"] if name == _HEADER), b"").decode("latin-1")
    return given if _ID.fullmatch(given) else ""


def _line(scope: Scope, request_id: str, status: int, outcome: str, seconds: float, size: int) -> str:
    more = "".join(f', "{name}": {_quoted(scope[name])}' for name in ("asked", "hash", "reason") if name in scope)
    return (
        f'{{"time": "{_second(int(time.time()))}", "request": "{request_id}", "method": {_quoted(scope["method"])}, '
        f'"path": {_quoted(scope["path"])}, "status": {status}, "outcome": {_quoted(outcome)}, '
        f'"seconds": {seconds:.6f}, "bytes": {size}{more}}}'
    )


@lru_cache(1)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _tell(line: str) -> None:
    # Without looking for who called, which costs more than the rest.
    _log.handle(_log.makeRecord(_log.name, logging.INFO, __file__, 0, line, (), None))


def log_requests() -> None:
    """Write the lines to stderr, soon; for the process that serves, once."""
    handler = Gathering(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.setLevel(logging.INFO)
    _log.propagate = False
    _log.handlers = [handler]


def flush() -> None:
    """Write the lines that are still held."""
    for handler in _log.handlers:
        handler.flush()
