"""What operators see of requests: one line of JSON each in the log, a request id, and the numbers of ``/metrics``.

Owns the names of the metrics. Neither tokens nor the text of queries get here: a query is told by a hash.
"""

import itertools
import re
import secrets
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.access_log import AccessLog
from api.services import Services

ACCESS_LOG = "api.access"
_HEADER = b"x-request-id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The numbers of one app; counted by its event loop alone, read by any thread."""

    def __init__(self, services: Services) -> None:
        self.registry = CollectorRegistry()
        # Plain numbers: locks and lookups of labels would cost a small request more than its routing.
        self._requests: dict[tuple[str, int], int] = defaultdict(int)
        self._queries: dict[tuple[str, str], int] = defaultdict(int)
        self._seconds: dict[str, _Times] = defaultdict(_Times)
        self.registry.register(_Counted(self))
        self.registry.register(_Running(services))
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, status: int, asked: str, outcome: str, seconds: float) -> None:
        """Count one request; ``asked`` is empty where it was neither query nor update."""
        self._requests[method, status] += 1
        if asked:
            self._queries[asked, outcome] += 1
            self._seconds[asked].add(seconds)

    def families(self) -> Iterable[Metric]:
        """What was counted so far."""
        requests = CounterMetricFamily(
            "conflict_kg_http_requests", "HTTP requests by method and status.", labels=("method", "status")
        )
        for (method, status), count in list(self._requests.items()):
            requests.add_metric((method, str(status)), count)
        queries = CounterMetricFamily(
            "conflict_kg_queries", "SPARQL queries and updates by outcome.", labels=("kind", "outcome")
        )
        for labels, count in list(self._queries.items()):
            queries.add_metric(labels, count)
        seconds = HistogramMetricFamily(
            "conflict_kg_query_seconds", "Time from the request to the last byte of its answer.", labels=("kind",)
        )
        for kind, times in list(self._seconds.items()):
            seconds.add_metric((kind,), times.buckets(), times.sum)
        return requests, queries, seconds


class _Times:
    """A histogram of seconds."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BUCKETS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(_BUCKETS, seconds)] += 1
        self.sum += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """How many took at most so long, as Prometheus has it."""
        bounds = [*map(floatToGoString, _BUCKETS), "+Inf"]
        return list(zip(bounds, itertools.accumulate(self._counts), strict=True))


class _Counted(Collector):
    """What was counted, when it is asked for."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics.families()


class _Running(Collector):
    """What the executor and the store say of themselves when they are asked."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterable[Any]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        version = self._services.knowledge_graph.store.version.partition("-")[0]
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


class RequestMetricsMiddleware:
    """Middleware around everything else: gives each request its id, logs it and counts it when its answer has ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: AccessLog) -> None:
        self._app, self._metrics, self._log = app, metrics, log
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
                message.setdefault("headers", []).append((_HEADER, request_id.encode()))
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            status = status or 500
            scope["outcome"] = "failed"
            raise
        finally:
            outcome = scope.get("outcome") or ("ok" if ended else "left")
            seconds = time.perf_counter() - started
            self._metrics.observe(scope["method"], status, scope.get("asked", ""), outcome, seconds)
            self._log.tell(_line(scope, request_id, status, outcome, seconds, size))


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
