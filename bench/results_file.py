"""The file that holds a run, with the facts about the machine."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import throughput
from bench.engines import LeftOut
from bench.graphql_cost import Cost
from bench.measuring import Effort
from bench.verdict import Aim, Run


@dataclass(frozen=True, slots=True)
class Made:
    """What was asked for."""

    quads: Sequence[int]
    seed: int
    settings: Sequence[str]
    effort: Effort


def kept(results: Path, run: Run, made: Made, aims: Sequence[Aim], left_out: Sequence[LeftOut]) -> Path:
    """Write the run into a file of its own, named after the time and the size."""
    now = datetime.now(UTC)
    content = {
        "time": now.isoformat(timespec="seconds"),
        "machine": _machine(),
        "run": asdict(made),
        "engines": {name: asdict(figures) for name, figures in run.engines.items()},
        "graphql": [_cost(each) for each in run.graphql],
        "growth": {str(quads): _cost(each) for quads, each in run.growth.items()},
        "left_out": [asdict(each) for each in left_out],
        "aims": [{**asdict(aim), "is_met": aim.is_met, "verdict": aim.verdict} for aim in aims],
    }
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"{now:%Y-%m-%dT%H%M%S}-{made.quads[0]}.json"
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return file


def _cost(cost: Cost) -> dict[str, float]:
    return {**asdict(cost), "ratio": cost.ratio, "node_us": cost.node_us}


def _machine() -> dict[str, object]:
    cpu = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [int(line.split()[1]) // 1000 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processors": len(cpu),
        "processor": cpu[0] if cpu else platform.processor(),
        "memory_mb": memory[0] if memory else None,
        "load_average": _lines("/proc/loadavg")[:1],
        "crowd": throughput.tool(),
        **{name: version(name) for name in ("pyoxigraph", "oxigraph", "uvicorn")},
    }


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []
