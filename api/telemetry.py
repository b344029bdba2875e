"""What operators see of requests: one line of JSON each in the log, a request id, and the numbers of ``/metrics``.

Owns the names of the metrics. Neither tokens nor the text of queries get here: a query is told by a hash.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.services import Services

ACCESS_LOG = "api.access"
_HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)
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
        self.registry.register(_Running(services))
        ProcessCollector(registry=self.registry)

    def observe(self, told: dict[str, Any]) -> None:
        """Count one request, told as its line in the log."""
        self._requests.labels(told["method"], str(told["status"])).inc()
        if kind := told.get("asked"):
            self._queries.labels(kind, told["outcome"]).inc()
            self._seconds.labels(kind).observe(told["seconds"])


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        given = Headers(scope=scope).get(_HEADER, "")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        sent = {"status": 0, "bytes": 0}
        ended = False

        async def noted(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                MutableHeaders(scope=message)[_HEADER] = request_id
            elif message["type"] == "http.response.body":
                sent["bytes"] += len(message.get("body", b""))
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            # The answer to our own faults is made outside of all this.
            sent["status"] = sent["status"] or 500
            scope["outcome"] = "failed"
            raise
        finally:
            self._told(scope, request_id, time.perf_counter() - started, sent, ended)

    def _told(self, scope: Scope, request_id: str, seconds: float, sent: dict[str, int], ended: bool) -> None:
        outcome = scope.get("outcome") or ("ok" if ended else "left")
        told = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "request": request_id,
            "method": scope["method"],
            "path": scope["path"],
            "status": sent["status"],
            "outcome": outcome,
            "seconds": round(seconds, 6),
            "bytes": sent["bytes"],
        } | {name: scope[name] for name in ("asked", "hash", "reason") if name in scope}
        self._metrics.observe(told)
        _log.info("%s", json.dumps(told, ensure_ascii=False))


def log_requests() -> None:
    """Write the lines to stderr; for the process that serves, once."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.setLevel(logging.INFO)
    _log.propagate = False
    _log.handlers = [handler]
