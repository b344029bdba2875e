"""The id, the access log line and the metrics of each request. Owns the names of the metrics."""

import itertools
import re
import secrets
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.access_log import AccessLog, format_line, format_refusal
from api.http.connections import Connections
from api.middleware.admission import ClientShares
from api.services import Services
from kg.execution.pool import WorkerPool

_HEADER = b"x-request-id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics(Collector):
    """The metrics of one app, collected at each scrape; counted by its event loop alone, read by any thread."""

    def __init__(self, services: Services, log: AccessLog, connections: Connections, shares: ClientShares) -> None:
        self._log = log
        self.registry = CollectorRegistry()
        # Plain numbers: the locks and label look-ups of prometheus_client cost a small request more than its routing.
        self._requests: dict[tuple[str, int], int] = defaultdict(int)
        self._queries: dict[tuple[str, str], int] = defaultdict(int)
        self._refusals: dict[str, int] = defaultdict(int)
        self._seconds: dict[str, _Histogram] = defaultdict(_Histogram)
        self.registry.register(self)
        self.registry.register(_ServiceCollector(services))
        self.registry.register(_ConnectionCollector(connections, shares))
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, status: int, kind: str, outcome: str, seconds: float) -> None:
        """Count one request; ``kind`` is empty where it was neither query nor update."""
        self._requests[method, status] += 1
        if kind:
            self._queries[kind, outcome] += 1
            self._seconds[kind].add(seconds)

    def observe_refusal(self, reason: str) -> None:
        """Count one write that was refused to its client."""
        self._refusals[reason] += 1

    def collect(self) -> Iterable[Metric]:
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
        for kind, histogram in list(self._seconds.items()):
            seconds.add_metric((kind,), histogram.buckets(), histogram.sum)
        dropped = CounterMetricFamily(
            "conflict_kg_log_lines_dropped", "Log lines lost: they could not be written.", value=self._log.dropped
        )
        refusals = CounterMetricFamily(
            "conflict_kg_writes_refused", "Writes refused for want of a valid token or its scope.", labels=("reason",)
        )
        for reason, count in list(self._refusals.items()):
            refusals.add_metric((reason,), count)
        return requests, queries, seconds, dropped, refusals


class _Histogram:
    """A histogram of seconds."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BUCKETS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(_BUCKETS, seconds)] += 1
        self.sum += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Upper bounds and cumulative counts, as Prometheus writes them."""
        bounds = [*map(floatToGoString, _BUCKETS), "+Inf"]
        return list(zip(bounds, itertools.accumulate(self._counts), strict=True))


class _ServiceCollector(Collector):
    """The metrics of store and executor, read at each scrape."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        version = self._services.knowledge_graph.store.version.partition("-")[0]
        if version:
            yield GaugeMetricFamily(
                "conflict_kg_dataset_version", "Commits to the data since it was made.", value=int(version)
            )
        gate = self._services.writer.gate
        yield GaugeMetricFamily(
            "conflict_kg_writing_stopped", "1 while no change is accepted, else 0.", value=int(bool(gate.reason))
        )
        yield GaugeMetricFamily(
            "conflict_kg_validation_disagreements",
            "Changes about which the two validation engines differ, kept in the data directory.",
            value=gate.disagreements,
        )
        yield GaugeMetricFamily(
            "conflict_kg_violations",
            "Violations of shapes or integrity rules in the whole graph, as far as known.",
            value=gate.violations,
        )
        if self._services.later_judge is not None:
            yield CounterMetricFamily(
                "conflict_kg_changes_not_judged_again",
                "Changes that the second validation engine was to judge, and did not.",
                value=self._services.later_judge.not_judged,
            )
        executor = self._services.executor
        if not isinstance(executor, WorkerPool):  # over a remote engine there are no workers
            return
        status = executor.status()
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
        yield CounterMetricFamily(
            "conflict_kg_workers_crashed", "Processes ended by a fault, such as SIGSEGV.", value=status.crashed
        )


class _ConnectionCollector(Collector):
    """The metrics of connections and of the shares of clients, read at each scrape."""

    def __init__(self, connections: Connections, shares: ClientShares) -> None:
        self._connections, self._shares = connections, shares

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        connections, shares = self._connections, self._shares
        for name, help_text, value in (
            ("connections", "Open connections.", len(connections)),
            ("connections_max", "How many there may be.", connections.max_connections),
            ("requests_running", "Requests in progress.", shares.running),
            ("requests_waiting", "Requests that wait for another one of the same client.", shares.waiting),
        ):
            yield GaugeMetricFamily(f"conflict_kg_{name}", help_text, value=value)
        yield CounterMetricFamily(
            "conflict_kg_connections_displaced", "Waiting connections ended for others.", value=connections.displaced
        )
        yield CounterMetricFamily(
            "conflict_kg_requests_refused", "Requests that waited in vain for their share.", value=shares.refused
        )
        for name, help_text, label, counts in (
            ("connections_refused", "Connections refused.", "reason", connections.refused),
            ("connections_timed_out", "Connections ended at a time limit.", "waited_for", connections.timed_out),
            ("requests_malformed", "Requests answered before any routing.", "status", connections.rejected),
        ):
            family = CounterMetricFamily(f"conflict_kg_{name}", help_text, labels=(label,))
            for key, count in list(counts.items()):
                family.add_metric((str(key),), count)
            yield family


class RequestMetricsMiddleware:
    """Outermost middleware: gives each request its id, and logs and counts it when its response has ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: AccessLog) -> None:
        self._app, self._metrics, self._log = app, metrics, log
        self._prefix, self._numbers = secrets.token_hex(4), itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = scope["request_id"] = _client_request_id(scope) or f"{self._prefix}{next(self._numbers):08x}"
        status = size = 0
        is_complete = False

        async def send_and_observe(message: Message) -> None:
            nonlocal status, size, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((_HEADER, request_id.encode()))
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                is_complete = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_and_observe)
        except Exception:
            status = status or 500
            scope["outcome"] = "failed"
            raise
        finally:
            outcome = scope.get("outcome") or ("ok" if is_complete else "left")
            seconds = time.perf_counter() - started
            self._metrics.observe(scope["method"], status, scope.get("asked", ""), outcome, seconds)
            if "refusal" in scope:
                self._metrics.observe_refusal(scope["refusal"])
                self._log.write(format_refusal(scope, request_id, status))
            self._log.write(format_line(scope, request_id, status, outcome, seconds, size))


def _client_request_id(scope: Scope) -> str:
    """The X-Request-ID of the client; empty unless it is safe to log."""
    value = next((value for name, value in scope["headers"] if name == _HEADER), b"").decode("latin-1")
    return value if _REQUEST_ID.fullmatch(value) else ""
