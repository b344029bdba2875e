"""What the figures of a run say: ratios, and whether they are good enough."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.engines import OURS, OXIGRAPH
from bench.graphql_cost import Cost
from bench.questions import PAGE, POINT
from bench.serving import Figures

SLOW_MS = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured: of each engine, and of the main request in GraphQL."""

    engines: Mapping[str, Figures]
    graphql: Sequence[Cost] = ()
    """By rising number of zones."""
    growth: Mapping[int, Cost] = field(default_factory=dict)
    """The same request on less and on more data, by quads."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A ratio, and the bound that it has to keep."""

    what: str
    ratio: float | None
    """None where nothing was measured that it could be taken from."""
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
        return f"{self.verdict:12}  {self.what}: {ratio} ({bound})"


def aims(run: Run) -> list[Aim]:
    """The figures by which the service is judged: against oxigraph, and against SPARQL by hand."""
    ours, theirs = run.engines[OURS], run.engines[OXIGRAPH]
    slow = [name for name, latency in theirs.latency_ms.items() if latency > SLOW_MS]
    return [
        Aim(f"latency, {len(slow)} queries above {SLOW_MS:.0f} ms", mean_ratio(ours, theirs, slow), 0.5, True),
        Aim("latency, all queries", mean_ratio(ours, theirs, list(theirs.latency_ms)), 0.8, True),
        Aim("latency, point look-up", mean_ratio(ours, theirs, [POINT]), 2.0, True),
        Aim("throughput, point look-up", _throughput(ours, theirs, POINT), 0.25, False),
        Aim("throughput, OPTIONAL-heavy", _throughput(ours, theirs, PAGE), 0.9, False),
        *_graphql_aims(run),
    ]


def _graphql_aims(run: Run) -> list[Aim]:
    costs, growth = run.graphql, sorted(run.growth.items())
    most = costs[-1] if costs else None
    zones = f"{most.zones} zones" if most else "zones"
    queries = [cost.queries for cost in costs]
    found = [
        Aim(f"GraphQL, {zones}, time to that of SPARQL by hand", most.ratio if most else None, 4.0, True),
        Aim(
            f"GraphQL, most queries to fewest, {' and '.join(str(cost.zones) for cost in costs)} zones",
            max(queries) / min(queries) if len(queries) > 1 else None,
            1.0,
            True,
        ),
    ]
    name = "GraphQL, a node's time on more data to that on less"
    if len(growth) > 1:
        (less, before), (more, after) = growth
        name = f"GraphQL, a node's time at {more:,} quads to {less:,}"
        return [*found, Aim(name, after.node_us / before.node_us, 1.5, True)]
    return [*found, Aim(name, None, 1.5, True)]


def mean_ratio(ours: Figures, theirs: Figures, names: Sequence[str]) -> float | None:
    """The geometric mean of the ratios of latencies, over the queries that both answered."""
    both = [name for name in names if name in ours.latency_ms and name in theirs.latency_ms]
    if not both:
        return None
    return statistics.geometric_mean(ours.latency_ms[name] / theirs.latency_ms[name] for name in both)


def _throughput(ours: Figures, theirs: Figures, name: str) -> float | None:
    flow, other = ours.flows.get(name), theirs.flows.get(name)
    if flow is None or other is None or not other.per_second or flow.errors or other.errors:
        return None
    return flow.per_second / other.per_second
