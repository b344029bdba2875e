"""The aims of the benchmark: ratios computed from the figures of a run, and whether they are met."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.engine_server import Figures
from bench.engines import OURS, OXIGRAPH
from bench.graphql_cost import RequestCost
from bench.query_set import PAGE, POINT

SLOW_MS = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of each engine, and the costs of the main GraphQL request."""

    engines: Mapping[str, Figures]
    graphql: Sequence[RequestCost] = ()
    """By rising number of zones."""
    growth: Mapping[int, RequestCost] = field(default_factory=dict)
    """The same request on less and on more data, by number of quads."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A ratio and its bound."""

    name: str
    ratio: float | None
    """None if a figure that it needs was not measured."""
    bound: float
    at_most: bool

    @property
    def is_met(self) -> bool:
        return self.ratio is not None and (self.ratio <= self.bound if self.at_most else self.ratio >= self.bound)

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "NOT MEASURED"
        return "met" if self.is_met else "NOT MET"

    def __str__(self) -> str:
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        bound = f"{'at most' if self.at_most else 'at least'} {self.bound:g}"
        return f"{self.verdict:12}  {self.name}: {ratio} ({bound})"


def evaluate_aims(run: Run) -> list[Aim]:
    """All aims: against Oxigraph, and against hand-written SPARQL."""
    ours, theirs = run.engines[OURS], run.engines[OXIGRAPH]
    slow = [name for name, latency in theirs.latency_ms.items() if latency > SLOW_MS]
    return [
        Aim(f"latency, {len(slow)} queries above {SLOW_MS:.0f} ms", mean_ratio(ours, theirs, slow), 0.5, True),
        Aim("latency, all queries", mean_ratio(ours, theirs, list(theirs.latency_ms)), 0.8, True),
        Aim("latency, point look-up", mean_ratio(ours, theirs, [POINT]), 2.0, True),
        Aim("throughput, point look-up", _throughput_ratio(ours, theirs, POINT), 0.25, False),
        Aim("throughput, OPTIONAL-heavy", _throughput_ratio(ours, theirs, PAGE), 0.9, False),
        *_graphql_aims(run),
    ]


def _graphql_aims(run: Run) -> list[Aim]:
    costs, growth = run.graphql, sorted(run.growth.items())
    largest = costs[-1] if costs else None
    zones = f"{largest.zones} zones" if largest else "zones"
    queries = [cost.queries for cost in costs]
    aims = [
        Aim(f"GraphQL, {zones}, time to that of SPARQL by hand", largest.ratio if largest else None, 4.0, True),
        Aim(
            f"GraphQL, most queries to fewest, {' and '.join(str(cost.zones) for cost in costs)} zones",
            max(queries) / min(queries) if len(queries) > 1 else None,
            1.0,
            True,
        ),
    ]
    if len(growth) > 1:
        (less, before), (more, after) = growth
        name = f"GraphQL, time a node at {more:,} quads to {less:,}"
        return [*aims, Aim(name, after.node_us / before.node_us, 1.5, True)]
    return [*aims, Aim("GraphQL, time a node on more data to that on less", None, 1.5, True)]


def mean_ratio(ours: Figures, theirs: Figures, names: Sequence[str]) -> float | None:
    """The geometric mean of the latency ratios, over the queries that both engines completed."""
    both = [name for name in names if name in ours.latency_ms and name in theirs.latency_ms]
    if not both:
        return None
    return statistics.geometric_mean(ours.latency_ms[name] / theirs.latency_ms[name] for name in both)


def _throughput_ratio(ours: Figures, theirs: Figures, name: str) -> float | None:
    own, other = ours.throughput.get(name), theirs.throughput.get(name)
    if own is None or other is None or not other.per_second or own.errors or other.errors:
        return None
    return own.per_second / other.per_second
