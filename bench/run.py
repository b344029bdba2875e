"""``python -m bench.run``: generates data, loads and queries the engines, compares them. Stops whatever it started."""

import contextlib
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from bench import engines, graphql_cost, measurement, results_file, throughput
from bench.aims import Aim, Run, evaluate_aims
from bench.engine_server import EngineServer, run_engine
from bench.engines import Engine, SkippedEngine
from bench.generate import generate, values_path
from bench.graphql_cost import RequestCost
from bench.measurement import Budget, DisagreementError
from bench.optional_engines import find_optional_engines
from bench.query_set import load_queries
from bench.table import format_table

_FOLDER = Path(__file__).parent


@dataclass
class _Benchmark:
    """One run: which engines, on which data, in which temporary folder."""

    engines: list[Engine]
    seed: int
    budget: Budget
    quads: int
    more_quads: int
    work: Path
    resources: contextlib.ExitStack
    sizes: list[int] = field(default_factory=list)
    """Numbers of quads that were generated."""

    def run(self) -> Run:
        """The figures. Raises DisagreementError, OSError or RuntimeError."""
        data = self._generate_data(self.quads)
        servers = [self._start(engine, data) for engine in self.engines]
        values = values_path(data)
        measurement.measure(servers, load_queries(values), self.budget, self.work, _report)
        ours = (servers[0], values)
        (costs,) = graphql_cost.measure_costs([ours], graphql_cost.COUNTS, self.budget.runs, _report)
        return Run({server.engine.name: server.figures for server in servers}, costs, self._measure_growth(ours))

    def _measure_growth(self, smaller: tuple[EngineServer, Path]) -> dict[int, RequestCost]:
        """The main request on both data sets in turns; empty if there is only one."""
        if not self.more_quads:
            return {}
        data = self._generate_data(self.more_quads)
        larger = (self._start(self.engines[0], data), values_path(data))
        costs = graphql_cost.measure_costs([smaller, larger], graphql_cost.COUNTS[-1:], self.budget.runs, _report)
        return {size: cost for size, (cost,) in zip(self.sizes, costs, strict=True)}

    def _generate_data(self, quads: int) -> Path:
        data = self.work / f"data-{quads}.nq"
        self.sizes.append(generate(quads, data, self.seed))
        _report(f"{self.sizes[-1]:,} quads generated")
        return data

    def _start(self, engine: Engine, data: Path) -> EngineServer:
        return self.resources.enter_context(run_engine(engine, data, self.work, _report))


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the data.")
@click.option("--also", default=0, help="Size of a second data set, on which the main GraphQL request is measured too.")
@click.option("--seed", default=1, show_default=True, help="Another seed gives other data of the same kind.")
@click.option("--engine", "names", multiple=True, help="Only ours, oxigraph and these; default: all installed ones.")
@click.option("--fuseki-jar", type=click.Path(path_type=Path), help="The jar jena-fuseki-server of Maven Central.")
@click.option("--rdflib-endpoint", type=click.Path(path_type=Path), help="The command of that name.")
@click.option("--runs", default=9, show_default=True, help="Warm runs of each query.")
@click.option("--crowd-seconds", default=6, show_default=True, help="Duration of a throughput test with 16 clients.")
@click.option("--set", "settings", multiple=True, metavar="KG_NAME=VALUE", help="A setting of ours; repeatable.")
@click.option("--results", type=click.Path(path_type=Path, file_okay=False), default=_FOLDER / "results")
@click.option("--strict", is_flag=True, help="Exit with 1 if an aim is not met or not measured.")
def main(
    quads: int,
    also: int,
    seed: int,
    names: tuple[str, ...],
    fuseki_jar: Path | None,
    rdflib_endpoint: Path | None,
    runs: int,
    crowd_seconds: int,
    settings: tuple[str, ...],
    results: Path,
    strict: bool,
) -> None:
    """Compare /sparql with other engines, and /graphql with /sparql, on the same data and machine."""
    handler = signal.signal(signal.SIGTERM, _interrupt)
    click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGTERM, handler))
    optional = find_optional_engines(quads, fuseki_jar, rdflib_endpoint)
    optional = [engine for engine in optional if not names or engine.name in names]
    skipped = [engine for engine in optional if isinstance(engine, SkippedEngine)]
    _warn(skipped)
    installed = [engine for engine in optional if isinstance(engine, Engine)]
    selected = [engines.create_ours(settings), engines.create_oxigraph(), *installed]
    budget = Budget(runs=runs, throughput_s=crowd_seconds)
    with contextlib.ExitStack() as resources:
        work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
        resources.callback(shutil.rmtree, work, ignore_errors=True)
        benchmark = _Benchmark(selected, seed, budget, quads, also, work, resources)
        try:
            run = benchmark.run()
        except (DisagreementError, OSError, RuntimeError) as error:
            raise click.ClickException(str(error)) from error
    aims = evaluate_aims(run)
    _print_results(run, aims)
    parameters = results_file.RunParameters(benchmark.sizes, seed, settings, budget)
    click.echo(f"stored in {results_file.write_results(results, run, parameters, aims, skipped)}")
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


def _print_results(run: Run, aims: list[Aim]) -> None:
    met = sum(aim.is_met for aim in aims)
    click.echo("\n".join((*format_table(run), *map(str, aims), f"{met} of {len(aims)} aims met")))


def _warn(skipped: list[SkippedEngine]) -> None:
    for engine in skipped:
        click.secho(f"SKIPPED: {engine.name}: {engine.reason}", fg="yellow", err=True)
    if throughput.load_generator() != "wrk":
        warning = "wrk is not installed: throughput ratios flatter ours (see docs/benchmarks.md)"
        click.secho(warning, fg="yellow", err=True)


def _report(text: str) -> None:
    click.echo(text, err=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
