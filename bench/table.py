"""The figures of a run as lines of text, with the ratios of ours to each engine."""

from collections.abc import Iterator, Sequence

from bench.aims import Run, mean_ratio
from bench.engines import OURS
from bench.throughput import CLIENTS

_SIZES = ("load_s", "start_s", "settled_s", "disk_mb", "memory_loaded_mb", "memory_used_mb")
_THROUGHPUT = {"per_second": "1/s", "p50_ms": "p50 ms", "p95_ms": "p95 ms", "errors": "errors"}
_MISSING = "-"


def format_table(run: Run) -> Iterator[str]:
    """Figures and ratios of all engines, then of GraphQL."""
    ours = run.engines[OURS]
    others = {name: figures for name, figures in run.engines.items() if name != OURS}
    yield _format_line("", ["ours", *(cell for name in others for cell in (name, "ours/it"))])
    for name, latency in ours.latency_ms.items():
        yield _format_ratios(f"{name}, ms", latency, [other.latency_ms.get(name) for other in others.values()], 2)
    means = [mean_ratio(ours, figures, list(ours.latency_ms)) for figures in others.values()]
    yield _format_line("geometric mean", ["", *(cell for mean in means for cell in ("", _format_number(mean, 2)))])
    for name, own in ours.throughput.items():
        results = [other.throughput.get(name) for other in others.values()]
        for attribute, unit in _THROUGHPUT.items():
            label = f"{name}, {CLIENTS} clients, {unit}"
            values = [getattr(result, attribute, None) for result in results]
            yield _format_ratios(label, getattr(own, attribute), values, 1)
    for attribute in _SIZES:
        values = [getattr(other, attribute) for other in others.values()]
        yield _format_ratios(attribute.replace("_", " "), getattr(ours, attribute), values, 1)
    for name, figures in others.items():
        yield from (f"{name} is not measured at {query}: {reason}" for query, reason in figures.failed.items())
    yield from _format_graphql(run)


def _format_graphql(run: Run) -> Iterator[str]:
    costs = [("", cost) for cost in run.graphql] + [(f"{quads:,} quads", cost) for quads, cost in run.growth.items()]
    if costs:
        yield "the main request in GraphQL, beside SPARQL by hand"
        columns = ("zones", "nodes", "queries", "GraphQL ms", "by hand ms", "ratio", "with status", "us a node")
        yield _format_line("", list(columns))
    for label, cost in costs:
        counts = [f"{count}" for count in (cost.zones, cost.nodes, cost.queries)]
        times = [f"{time_ms:.1f}" for time_ms in (cost.graphql_ms, cost.by_hand_ms)]
        rest = [f"{cost.ratio:.2f}", f"{cost.with_status_ms:.1f}", f"{cost.node_us:.1f}"]
        yield _format_line(label, [*counts, *times, *rest])


def _format_ratios(name: str, own: float, others: Sequence[float | None], places: int) -> str:
    pairs = [(_format_number(other, places), _format_number(own / other if other else None, 2)) for other in others]
    return _format_line(name, [_format_number(own, places), *(cell for pair in pairs for cell in pair)])


def _format_number(value: float | None, places: int) -> str:
    return _MISSING if value is None else f"{value:.{places}f}"


def _format_line(name: str, cells: list[str]) -> str:
    return f"{name:28}" + "".join(f"{cell:>12}" for cell in cells)
