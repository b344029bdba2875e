"""``python -m bench.run``: generate, load, ask, compare, judge. Everything that it starts ends with it."""

import contextlib
import json
import platform
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import click

from bench import crowd, measuring, verdict
from bench.engines import Engine, LeftOut, engines
from bench.generate import generate, values_beside
from bench.measuring import Disagreement, Effort, Figures
from bench.questions import questions

_HERE = Path(__file__).parent
_ALWAYS = 2


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the data.")
@click.option("--seed", default=1, show_default=True, help="Another seed gives other data of the same kind.")
@click.option("--engine", "wanted", multiple=True, help="Only ours, oxigraph and these; by default all there are.")
@click.option("--fuseki-jar", type=click.Path(path_type=Path), help="The jar jena-fuseki-server of Maven Central.")
@click.option("--runs", default=9, show_default=True, help="Warm runs of each query.")
@click.option("--crowd-seconds", default=6, show_default=True, help="How long the 16 clients ask.")
@click.option("--set", "settings", multiple=True, metavar="KG_NAME=VALUE", help="A setting of ours; repeatable.")
@click.option("--results", type=click.Path(path_type=Path, file_okay=False), default=_HERE / "results")
@click.option("--strict", is_flag=True, help="Falling short of an aim is an error.")
def main(
    quads: int,
    seed: int,
    wanted: tuple[str, ...],
    fuseki_jar: Path | None,
    runs: int,
    crowd_seconds: int,
    settings: tuple[str, ...],
    results: Path,
    strict: bool,
) -> None:
    """Measure /sparql beside other engines, on the same data, on this machine."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGTERM, before))
    known = engines(quads, fuseki_jar, settings)
    chosen = [each for at, each in enumerate(known) if at < _ALWAYS or not wanted or each.name in wanted]
    left_out = [each for each in chosen if isinstance(each, LeftOut)]
    for each in left_out:
        click.secho(f"LEFT OUT: {each.name}: {each.reason}", fg="yellow", err=True)
    if crowd.tool() != "wrk":
        click.secho(
            "wrk is not installed: throughput ratios flatter ours (see docs/benchmarks.md)", fg="yellow", err=True
        )
    effort = Effort(runs=runs, crowd_s=crowd_seconds)
    try:
        run, written = _run([each for each in chosen if isinstance(each, Engine)], quads, seed, effort)
    except (Disagreement, OSError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(verdict.table(run)))
    aims = verdict.aims(run)
    click.echo("\n".join(str(aim) for aim in aims))
    file = _kept(results, run, {"quads": written, "seed": seed, "settings": settings, **asdict(effort)}, aims, left_out)
    click.echo(f"kept in {file}")
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


def _run(chosen: list[Engine], quads: int, seed: int, effort: Effort) -> tuple[dict[str, Figures], int]:
    """The figures of each engine, and how many quads there were."""
    with contextlib.ExitStack() as stack:
        work = Path(tempfile.mkdtemp(prefix="work-", dir=_HERE))
        stack.callback(shutil.rmtree, work, ignore_errors=True)
        data = work / "data.nq"
        written = generate(quads, data, seed)
        _say(f"{written:,} quads generated")
        served = [stack.enter_context(measuring.serving(each, data, work, _say)) for each in chosen]
        measuring.measured(served, questions(values_beside(data)), effort, work, _say)
        return {each.engine.name: each.figures for each in served}, written


def _kept(
    results: Path,
    run: dict[str, Figures],
    what: dict[str, object],
    aims: list[verdict.Aim],
    left_out: list[LeftOut],
) -> Path:
    """The file that holds the run, with the facts about the machine."""
    now = datetime.now(UTC)
    content = {
        "time": now.isoformat(timespec="seconds"),
        "machine": _machine(),
        "run": what,
        "engines": {name: asdict(figures) for name, figures in run.items()},
        "left_out": [asdict(each) for each in left_out],
        "aims": [{**asdict(aim), "is_met": aim.is_met} for aim in aims],
    }
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"{now:%Y-%m-%dT%H%M%S}-{what['quads']}.json"
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return file


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
        "crowd": crowd.tool(),
        **{name: version(name) for name in ("pyoxigraph", "oxigraph", "uvicorn")},
    }


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []


def _say(text: str) -> None:
    click.echo(text, err=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
