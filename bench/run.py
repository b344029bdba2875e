"""``python -m bench.run``: generate, load, ask, compare, judge. Everything that it starts ends with it."""

import contextlib
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from bench import engines, graphql_cost, measuring, results_file, throughput, verdict
from bench.engines import Engine, LeftOut
from bench.generate import generate, values_beside
from bench.measuring import Disagreement, Effort
from bench.optional_engines import others
from bench.questions import questions
from bench.serving import Served, serving
from bench.table import table

_HERE = Path(__file__).parent


@dataclass
class _Bench:
    """One run: what is measured, on which data, and where that is kept meanwhile."""

    chosen: list[Engine]
    seed: int
    effort: Effort
    quads: int
    also: int
    work: Path
    running: contextlib.ExitStack
    sizes: list[int] = field(default_factory=list)
    """Quads that were really generated."""

    def run(self) -> verdict.Run:
        """The figures. Raises Disagreement, OSError or RuntimeError."""
        data = self._generated(self.quads)
        served = [self._served(each, data) for each in self.chosen]
        values = values_beside(data)
        measuring.measured(served, questions(values), self.effort, self.work, _say)
        ours = (served[0], values)
        (costs,) = graphql_cost.costs([ours], graphql_cost.COUNTS, self.effort.runs, _say)
        return verdict.Run({each.engine.name: each.figures for each in served}, costs, self._growth(ours))

    def _growth(self, less: tuple[Served, Path]) -> dict[int, graphql_cost.Cost]:
        """The main request on both data sets, asked in turns; nothing where there is one only."""
        if not self.also:
            return {}
        data = self._generated(self.also)
        more = (self._served(self.chosen[0], data), values_beside(data))
        found = graphql_cost.costs([less, more], graphql_cost.COUNTS[-1:], self.effort.runs, _say)
        return {size: cost for size, (cost,) in zip(self.sizes, found, strict=True)}

    def _generated(self, quads: int) -> Path:
        data = self.work / f"data-{quads}.nq"
        self.sizes.append(generate(quads, data, self.seed))
        _say(f"{self.sizes[-1]:,} quads generated")
        return data

    def _served(self, engine: Engine, data: Path) -> Served:
        return self.running.enter_context(serving(engine, data, self.work, _say))


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the data.")
@click.option("--also", default=0, help="Size of more data, on which the main request in GraphQL is measured as well.")
@click.option("--seed", default=1, show_default=True, help="Another seed gives other data of the same kind.")
@click.option("--engine", "wanted", multiple=True, help="Only ours, oxigraph and these; by default all there are.")
@click.option("--fuseki-jar", type=click.Path(path_type=Path), help="The jar jena-fuseki-server of Maven Central.")
@click.option("--rdflib-endpoint", type=click.Path(path_type=Path), help="The command of that name.")
@click.option("--runs", default=9, show_default=True, help="Warm runs of each query.")
@click.option("--crowd-seconds", default=6, show_default=True, help="How long the 16 clients ask.")
@click.option("--set", "settings", multiple=True, metavar="KG_NAME=VALUE", help="A setting of ours; repeatable.")
@click.option("--results", type=click.Path(path_type=Path, file_okay=False), default=_HERE / "results")
@click.option("--strict", is_flag=True, help="An aim that is not met, or not measured, is an error.")
def main(
    quads: int,
    also: int,
    seed: int,
    wanted: tuple[str, ...],
    fuseki_jar: Path | None,
    rdflib_endpoint: Path | None,
    runs: int,
    crowd_seconds: int,
    settings: tuple[str, ...],
    results: Path,
    strict: bool,
) -> None:
    """Measure /sparql beside other engines, and /graphql beside /sparql, on the same data, on this machine."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGTERM, before))
    optional = [each for each in others(quads, fuseki_jar, rdflib_endpoint) if not wanted or each.name in wanted]
    left_out = [each for each in optional if isinstance(each, LeftOut)]
    _warn(left_out)
    chosen = [engines.ours(settings), engines.oxigraph(), *(each for each in optional if isinstance(each, Engine))]
    effort = Effort(runs=runs, crowd_s=crowd_seconds)
    with contextlib.ExitStack() as running:
        work = Path(tempfile.mkdtemp(prefix="work-", dir=_HERE))
        running.callback(shutil.rmtree, work, ignore_errors=True)
        bench = _Bench(chosen, seed, effort, quads, also, work, running)
        try:
            run = bench.run()
        except (Disagreement, OSError, RuntimeError) as error:
            raise click.ClickException(str(error)) from error
    aims = verdict.aims(run)
    click.echo("\n".join((*table(run), *map(str, aims), f"{sum(aim.is_met for aim in aims)} of {len(aims)} aims met")))
    made = results_file.Made(bench.sizes, seed, settings, effort)
    click.echo(f"kept in {results_file.kept(results, run, made, aims, left_out)}")
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


def _warn(left_out: list[LeftOut]) -> None:
    for each in left_out:
        click.secho(f"LEFT OUT: {each.name}: {each.reason}", fg="yellow", err=True)
    if throughput.tool() != "wrk":
        told = "wrk is not installed: throughput ratios flatter ours (see docs/benchmarks.md)"
        click.secho(told, fg="yellow", err=True)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
