"""What the figures of a run say: ratios of ours to another engine, and whether they are good enough."""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.engines import OURS, OXIGRAPH
from bench.measuring import Figures
from bench.questions import PAGE, POINT

SLOW_MS = 5.0

Run = Mapping[str, Figures]


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

    def __str__(self) -> str:
        ratio = "not measured" if self.ratio is None else f"{self.ratio:.2f}"
        bound = f"{'at most' if self.at_most else 'at least'} {self.bound}"
        return f"{'pass      ' if self.is_met else 'FALL SHORT'}  {self.what}: {ratio} ({bound})"


def aims(run: Run) -> list[Aim]:
    """The figures by which the service is judged, against oxigraph."""
    ours, theirs = run[OURS], run[OXIGRAPH]
    slow = [name for name, latency in theirs.latency_ms.items() if latency > SLOW_MS]
    return [
        Aim(f"latency, {len(slow)} queries above {SLOW_MS:.0f} ms", mean_ratio(ours, theirs, slow), 0.5, True),
        Aim("latency, all queries", mean_ratio(ours, theirs, list(theirs.latency_ms)), 0.8, True),
        Aim("latency, point look-up", mean_ratio(ours, theirs, [POINT]), 2.0, True),
        Aim("throughput, point look-up", _throughput(ours, theirs, POINT), 0.25, False),
        Aim("throughput, OPTIONAL-heavy", _throughput(ours, theirs, PAGE), 0.9, False),
    ]


def mean_ratio(ours: Figures, theirs: Figures, names: list[str]) -> float | None:
    """The geometric mean of the ratios of latencies."""
    if not names:
        return None
    return statistics.geometric_mean(ours.latency_ms[name] / theirs.latency_ms[name] for name in names)


def table(run: Run) -> Iterator[str]:
    """Ratios of ours to each engine, with the figures they are taken from."""
    ours = run[OURS]
    others = {name: figures for name, figures in run.items() if name != OURS}
    yield _line("", ["ours", *(each for name in others for each in (name, "ours/it"))])
    for name, latency in ours.latency_ms.items():
        pairs = [(f.latency_ms[name], latency / f.latency_ms[name]) for f in others.values()]
        yield _line(f"{name}, ms", [f"{latency:.2f}", *(f"{each:.2f}" for pair in pairs for each in pair)])
    means = [mean_ratio(ours, figures, list(ours.latency_ms)) or 0 for figures in others.values()]
    yield _line("geometric mean", ["", *(each for mean in means for each in ("", f"{mean:.2f}"))])
    for name, flow in ours.flows.items():
        rates = [(f.flows[name].per_second, flow.per_second / (f.flows[name].per_second or 1)) for f in others.values()]
        yield _line(f"{name}, 16 clients, 1/s", [f"{flow.per_second:.0f}", *_cells(rates)])
        for what in ("p50_ms", "p95_ms"):
            times = [
                (getattr(f.flows[name], what), getattr(flow, what) / (getattr(f.flows[name], what) or 1))
                for f in others.values()
            ]
            yield _line(f"{name}, 16 clients, {what[:3]} ms", [f"{getattr(flow, what):.2f}", *_cells(times)])
    for what in ("load_s", "start_s", "settled_s", "disk_mb", "memory_loaded_mb", "memory_used_mb"):
        own = getattr(ours, what)
        sizes = [(getattr(f, what), own / (getattr(f, what) or 1)) for f in others.values()]
        yield _line(what.replace("_", " "), [f"{own:.1f}", *_cells(sizes)])


def _cells(pairs: list[tuple[float, float]]) -> list[str]:
    return [f"{each:.2f}" if position else f"{each:.1f}" for pair in pairs for position, each in enumerate(pair)]


def _line(name: str, cells: list[str]) -> str:
    return f"{name:28}" + "".join(f"{cell:>11}" for cell in cells)


def _throughput(ours: Figures, theirs: Figures, name: str) -> float | None:
    flow, other = ours.flows.get(name), theirs.flows.get(name)
    if flow is None or other is None or not other.per_second or flow.errors or other.errors:
        return None
    return flow.per_second / other.per_second
