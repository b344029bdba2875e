"""The JSON file with the results of a run and a description of the machine."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import throughput
from bench.aims import Aim, Run
from bench.engines import SkippedEngine
from bench.graphql_cost import RequestCost
from bench.measurement import Budget


@dataclass(frozen=True, slots=True)
class RunParameters:
    """What was requested."""

    quads: Sequence[int]
    seed: int
    settings: Sequence[str]
    budget: Budget


def write_results(
    folder: Path, run: Run, parameters: RunParameters, aims: Sequence[Aim], skipped: Sequence[SkippedEngine]
) -> Path:
    """Write the run into a new file, named after the time and the size."""
    now = datetime.now(UTC)
    content = {
        "time": now.isoformat(timespec="seconds"),
        "machine": _describe_machine(),
        "run": asdict(parameters),
        "engines": {name: asdict(figures) for name, figures in run.engines.items()},
        "graphql": [_cost_fields(cost) for cost in run.graphql],
        "growth": {str(quads): _cost_fields(cost) for quads, cost in run.growth.items()},
        "skipped": [asdict(engine) for engine in skipped],
        "aims": [{**asdict(aim), "is_met": aim.is_met, "verdict": aim.verdict} for aim in aims],
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{now:%Y-%m-%dT%H%M%S}-{parameters.quads[0]}.json"
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return file


def _cost_fields(cost: RequestCost) -> dict[str, float]:
    return {**asdict(cost), "ratio": cost.ratio, "node_us": cost.node_us}


def _describe_machine() -> dict[str, object]:
    cpu = [line.split(":", 1)[1].strip() for line in _read_lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [int(line.split()[1]) // 1000 for line in _read_lines("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processors": len(cpu),
        "processor": cpu[0] if cpu else platform.processor(),
        "memory_mb": memory[0] if memory else None,
        "load_average": _read_lines("/proc/loadavg")[:1],
        "load_generator": throughput.load_generator(),
        **{name: version(name) for name in ("pyoxigraph", "oxigraph", "uvicorn")},
    }


def _read_lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []
