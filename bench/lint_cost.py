"""``python -m bench.lint_cost``: what the lint adds to a warm small GET.

Two servers of ours over the same generated data, one of them without the lint, are sent the same queries in turns.
"""

import contextlib
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import click

from api import procedures
from bench.aims import Aim
from bench.client import Connection
from bench.engine_server import EngineServer, run_engine
from bench.engines import Engine, create_ours
from bench.generate import generate, values_path
from bench.processes import Command
from bench.query_set import POINT, RESULTS_JSON, find_query, load_queries
from kg.execution.procedure import LINT_QUERY, Procedures
from kg.settings import Settings

BOUND = 1.1
"""The ratio that is aimed at."""
_FOLDER = Path(__file__).parent
_MISTAKEN = "SELECT ?unbound { ?s ?p ?o } LIMIT 1"
_WITHOUT_LINT = """
import sys
from api import services
from kg.cli import main
services.FACTORY = "bench.lint_cost:create_procedures"
sys.argv = ["kg", "serve"]
main()
"""


def create_procedures(settings: Settings) -> Procedures:
    """The procedures of the server but for the lint, for its workers."""
    return {name: procedure for name, procedure in procedures.create_procedures(settings).items() if name != LINT_QUERY}


def create_without_lint() -> Engine:
    """conflict-kg with no lint procedure in its workers."""
    ours = create_ours()

    def serve(directory: Path, port: int) -> Command:
        return replace(ours.serve(directory, port), arguments=[sys.executable, "-c", _WITHOUT_LINT])

    return replace(ours, name="without lint", serve=serve)


def measure_in_turns(
    with_lint: EngineServer, without: EngineServer, queries: Sequence[str], rounds: int
) -> tuple[float, float]:
    """The medians in milliseconds, with and without, after one unmeasured round.

    Raises RuntimeError if not exactly the first server warns.
    """
    warns = [b'"link"' in server.connection.send(_build_get(_MISTAKEN)) for server in (with_lint, without)]
    if warns != [True, False]:
        raise RuntimeError(f"of the two servers, these warn: {warns}; expected is the first")
    times: dict[int, list[float]] = {with_lint.port: [], without.port: []}
    requests = list(map(_build_get, queries))
    for number in range(rounds + 1):
        for request in requests:
            # Alternating, so that what a server does after a request does not always hit the same one.
            for server in (with_lint, without) if number % 2 else (without, with_lint):
                elapsed = _time_request(server.connection, request)
                if number:
                    times[server.port].append(elapsed)
    return statistics.median(times[with_lint.port]), statistics.median(times[without.port])


def _build_get(query: str) -> bytes:
    head = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {RESULTS_JSON}\r\n\r\n"
    return head.encode()


def _time_request(connection: Connection, request: bytes) -> float:
    started = time.perf_counter()
    connection.send(request)
    return (time.perf_counter() - started) * 1e3


@click.command()
@click.option("--quads", default=20_000, show_default=True, help="Size of the data.")
@click.option("--rounds", default=300, show_default=True, help="How often each query is sent to each server.")
@click.option("--strict", is_flag=True, help="Exit with 1 if the ratio is above the aim.")
def main(quads: int, rounds: int, strict: bool) -> None:
    """Print the time of a warm small GET with the lint and without it, and their ratio."""
    with contextlib.ExitStack() as resources:
        work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
        resources.callback(shutil.rmtree, work, ignore_errors=True)
        data = work / "data.nq"
        generate(quads, data, 1)
        servers = [
            resources.enter_context(run_engine(engine, data, work, lambda text: click.echo(text, err=True)))
            for engine in (create_ours(), create_without_lint())
        ]
        queries = find_query(load_queries(values_path(data)), POINT).texts
        with_ms, without_ms = measure_in_turns(servers[0], servers[1], queries, rounds)
    aim = Aim(
        f"lint, warm small GET: {with_ms:.3f} ms to {without_ms:.3f} ms", with_ms / without_ms, BOUND, at_most=True
    )
    click.echo(str(aim))
    if strict and not aim.is_met:
        sys.exit(1)


if __name__ == "__main__":
    main()
