"""The figures of a run as lines of text, with the ratios of ours to each engine."""

from collections.abc import Iterator, Sequence

from bench.engines import OURS
from bench.throughput import CLIENTS
from bench.verdict import Run, mean_ratio

_SIZES = ("load_s", "start_s", "settled_s", "disk_mb", "memory_loaded_mb", "memory_used_mb")
_FLOWS = {"per_second": "1/s", "p50_ms": "p50 ms", "p95_ms": "p95 ms", "errors": "errors"}
_NONE = "-"


def table(run: Run) -> Iterator[str]:
    """Ratios of ours to each engine, with the figures they are taken from; then GraphQL."""
    ours = run.engines[OURS]
    others = {name: figures for name, figures in run.engines.items() if name != OURS}
    yield _line("", ["ours", *(cell for name in others for cell in (name, "ours/it"))])
    for name, latency in ours.latency_ms.items():
        yield _compared(f"{name}, ms", latency, [each.latency_ms.get(name) for each in others.values()], 2)
    means = [mean_ratio(ours, figures, list(ours.latency_ms)) for figures in others.values()]
    yield _line("geometric mean", ["", *(cell for mean in means for cell in ("", _shown(mean, 2)))])
    for name, flow in ours.flows.items():
        flows = [each.flows.get(name) for each in others.values()]
        for what, unit in _FLOWS.items():
            yield _compared(
                f"{name}, {CLIENTS} clients, {unit}",
                getattr(flow, what),
                [getattr(each, what, None) for each in flows],
                1,
            )
    for what in _SIZES:
        yield _compared(
            what.replace("_", " "), getattr(ours, what), [getattr(each, what) for each in others.values()], 1
        )
    for name, figures in others.items():
        yield from (f"{name} is not measured at {query}: {reason}" for query, reason in figures.failed.items())
    yield from _graphql(run)


def _graphql(run: Run) -> Iterator[str]:
    costs = [("", cost) for cost in run.graphql] + [(f"{quads:,} quads", each) for quads, each in run.growth.items()]
    if costs:
        yield "the main request in GraphQL, beside SPARQL by hand"
        columns = ("zones", "nodes", "queries", "GraphQL ms", "by hand ms", "ratio", "attributed", "us a node")
        yield _line("", list(columns))
    for where, cost in costs:
        counts = [f"{each}" for each in (cost.zones, cost.nodes, cost.queries)]
        times = [f"{each:.1f}" for each in (cost.graphql_ms, cost.by_hand_ms)]
        rest = [f"{cost.ratio:.2f}", f"{cost.attributed_ms:.1f}", f"{cost.node_us:.1f}"]
        yield _line(where, [*counts, *times, *rest])


def _compared(name: str, own: float, found: Sequence[float | None], places: int) -> str:
    pairs = [(_shown(each, places), _shown(own / each if each else None, 2)) for each in found]
    return _line(name, [_shown(own, places), *(cell for pair in pairs for cell in pair)])


def _shown(value: float | None, places: int) -> str:
    return _NONE if value is None else f"{value:.{places}f}"


def _line(name: str, cells: list[str]) -> str:
    return f"{name:28}" + "".join(f"{cell:>12}" for cell in cells)
