"""Measures several engines in one run, querying them in turns so that noise affects all equally.

Engines with ``must_agree`` have to return the rows of the first one, otherwise the run fails. For other engines a query
that fails, or returns other rows, is reported and left out of the comparison.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench import throughput
from bench.engine_server import EngineServer, Report
from bench.query_set import PAGE, POINT, BenchmarkQuery, find_query
from bench.result_rows import Row, parse_rows

MIX = "mix"
_MIX = {POINT: 8, "parts": 3, "labels": 3, "two-hops": 3, PAGE: 2, "below-unit": 1}
WORKLOADS: Mapping[str, Mapping[str, int]] = {POINT: {POINT: 0}, PAGE: {PAGE: 0}, MIX: _MIX}
"""The queries of each throughput test, with the number of texts of each; 0 for all texts."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is measured; every measurement ends by one of these bounds."""

    runs: int = 9
    """Least number of warm runs of each query, over all its texts."""
    texts: int = 6
    """Texts of each query that are used."""
    query_s: float = 40.0
    """For all runs of one query on all engines; at least three runs are made."""
    throughput_s: int = 6
    """For one throughput test."""


class DisagreementError(Exception):
    """Engines returned different rows, or none."""


def measure(
    servers: Sequence[EngineServer], queries: Sequence[BenchmarkQuery], budget: Budget, work: Path, report: Report
) -> None:
    """Fill in the figures of all engines, ours first. Raises DisagreementError, OSError or RuntimeError."""
    queries = [replace(query, texts=query.texts[: budget.texts]) for query in queries]
    for query in queries:
        _compare_rows(servers, query, report)
        _measure_latency(servers, query, budget, report)
        times = "  ".join(f"{server.engine.name} {_format_latency(server, query.name)}" for server in servers)
        report(f"{query.name}: {servers[0].figures.rows[query.name]} rows, ms: {times}")
    for server in servers:
        server.figures.memory_used_mb = server.memory_mb()
    for name, counts in WORKLOADS.items():
        texts = [text for query, count in counts.items() for text in _repeat(find_query(queries, query).texts, count)]
        for server in servers:
            if not counts.keys() & server.figures.failed.keys():
                _measure_throughput(server, name, texts, budget, work, report)


def _format_latency(server: EngineServer, name: str) -> str:
    latency = server.figures.latency_ms.get(name)
    return "-" if latency is None else f"{latency:.2f}"


def _repeat(texts: Sequence[str], count: int) -> list[str]:
    return (list(texts) * count)[:count] if count else list(texts)


def _measure_throughput(
    server: EngineServer, name: str, texts: Sequence[str], budget: Budget, work: Path, report: Report
) -> None:
    requests = [server.engine.build_request(text) for text in texts]
    result = throughput.measure_throughput(server.port, requests, budget.throughput_s, work)
    server.figures.throughput[name] = result
    report(
        f"{throughput.CLIENTS} clients, {name}: {server.engine.name} {result.per_second:.0f}/s, {result.errors} errors"
    )
    if result.errors:
        report("\n".join((f"  errors by kind: {dict(result.kinds)}", *server.recent_errors())))


def _compare_rows(servers: Sequence[EngineServer], query: BenchmarkQuery, report: Report) -> None:
    """Check that all engines return the same rows, which also warms them up."""
    first = servers[0]
    for text in query.texts:
        expected = _fetch_rows(first, query, text)
        first.figures.rows[query.name] = first.figures.rows.get(query.name, 0) + len(expected)
        for server in servers[1:]:
            if query.name not in server.figures.failed:
                _attempt(server, query, report, partial(_require_rows, server, query, text, expected))
    if not first.figures.rows[query.name]:
        raise DisagreementError(f"{query.name}: no rows")


def _require_rows(server: EngineServer, query: BenchmarkQuery, text: str, expected: Sequence[Row]) -> None:
    rows = _fetch_rows(server, query, text)
    if rows != expected:
        example = next(iter({*rows} ^ {*expected}), "the same rows with other multiplicities")
        raise DisagreementError(f"{len(rows)} rows, {len(expected)} of ours; for example {example}")
    server.figures.rows[query.name] = server.figures.rows.get(query.name, 0) + len(rows)


def _fetch_rows(server: EngineServer, query: BenchmarkQuery, text: str) -> list[Row]:
    return parse_rows(server.query(text, query.media_type), query.media_type)


def _attempt(server: EngineServer, query: BenchmarkQuery, report: Report, action: Callable[[], None]) -> None:
    """Run an action; its failure is an error for engines with ``must_agree`` and only reported for others."""
    try:
        action()
    except (DisagreementError, OSError, RuntimeError, ValueError) as error:
        name = server.engine.name
        if server.engine.must_agree:
            raise DisagreementError(f"{query.name}, {name}: {error}") from error
        # If only one text fails, the rows counted for the others must not stay.
        server.figures.rows.pop(query.name, None)
        server.figures.failed[query.name] = _describe_failure(error)
        report(f"{query.name}: {name} is not measured: {server.figures.failed[query.name]}")
        if not isinstance(error, DisagreementError):
            # An abandoned query may run for hours and delay all later ones.
            server.restart()


def _describe_failure(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no response in time"
    return f"{'other rows: ' if isinstance(error, DisagreementError) else 'no response: '}{str(error)[:300]}"


def _measure_latency(servers: Sequence[EngineServer], query: BenchmarkQuery, budget: Budget, report: Report) -> None:
    times: Mapping[str, list[float]] = {server.engine.name: [] for server in servers}
    rounds = -(-budget.runs // len(query.texts))
    deadline = time.monotonic() + budget.query_s
    for text in [text for _ in range(rounds) for text in query.texts]:
        if time.monotonic() > deadline and len(times[servers[0].engine.name]) >= 3:
            break
        for server in servers:
            if query.name not in server.figures.failed:
                _attempt(server, query, report, partial(_time_query, server, query, text, times[server.engine.name]))
    for server in servers:
        if query.name not in server.figures.failed:
            server.figures.latency_ms[query.name] = statistics.median(times[server.engine.name])


def _time_query(server: EngineServer, query: BenchmarkQuery, text: str, times: list[float]) -> None:
    request = server.engine.build_request(text, query.media_type)
    started = time.perf_counter()
    server.connection.send(request)
    times.append((time.perf_counter() - started) * 1e3)
