"""``python -m bench.writing``: what a validated, durable statement costs, beside a bare INSERT into Oxigraph.

The same quads are sent as SPARQL Update over kept connections: to ours, which validates, records, syncs and publishes
them, and to ``oxigraph serve`` and Fuseki, which only store them. First one after the other, in turns, to a server of
ours with less data too; then by 16 writers at once, to a server of ours whose every sync takes 10 ms longer, while
readers ask small queries.
"""

import contextlib
import itertools
import random
import secrets
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import click

from bench.aims import Aim
from bench.client import Connection
from bench.clients import Load, Times, in_background, time_request
from bench.engine_server import EngineServer, run_engine
from bench.engines import OURS, OXIGRAPH, Engine, SkippedEngine, create_ours, create_oxigraph
from bench.generate import generate, values_path
from bench.optional_engines import create_fuseki
from bench.processes import Command
from bench.query_set import POINT, find_query, load_queries
from bench.written_statements import StatementTemplate, to_update

WRITERS, READERS = 16, 4
READ_PAUSE_S = 0.02
"""Of each reader between two queries: readers that ask all the time measure only how processors are shared."""
MOST_PER_SECOND = 4_000
"""Statements that are prepared for the writers; sent again, a statement would change nothing."""
SYNC_DELAY_S = 0.010
_LESS = "ours, less data"
_FOLDER = Path(__file__).parent
_WITH_SLOW_SYNC = f"""
import os, sys, time
sync = os.fdatasync
def slow_sync(file):
    time.sleep({SYNC_DELAY_S})
    sync(file)
os.fdatasync = slow_sync
from kg.cli import main
sys.argv = ["kg", "serve"]
main()
"""


class WriteClient:
    """Sends statements, each under a name of its own."""

    def __init__(self, server: EngineServer, templates: Sequence[StatementTemplate], path: str, token: str) -> None:
        self.server, self._templates, self._path, self._token = server, templates, path, token

    def connect(self) -> Connection:
        """A connection of its own."""
        return Connection(self.server.port, self.server.engine.timeout_s)

    def requests(self, prefix: str) -> Iterator[bytes]:
        """Requests without end, each with a new statement."""
        start = random.Random(prefix).randrange(len(self._templates))  # the same for all servers
        for number in itertools.count():
            template = self._templates[(start + number) % len(self._templates)]
            body = to_update(template.copy(f"{prefix}-{number}")).encode()
            head = (
                f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
                f"Content-Type: application/sparql-update\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            yield head.encode() + body


def time_in_turns(clients: Sequence[WriteClient], count: int, prefix: str = "alone") -> list[float]:
    """The medians in milliseconds of so many statements, sent to all servers in turns after ten unmeasured ones."""
    times: list[list[float]] = [[] for _ in clients]
    with contextlib.ExitStack() as resources:
        connections = [resources.enter_context(client.connect()) for client in clients]
        requests = [client.requests(prefix) for client in clients]
        places = list(range(len(clients)))
        for number in range(count + 10):
            for place in places[:: 1 if number % 2 else -1]:
                elapsed = time_request(connections[place], next(requests[place]))
                if number >= 10:
                    times[place].append(elapsed)
    return list(map(statistics.median, times))


def create_ours_with_token(token: str, *, slow_sync: bool = False) -> Engine:
    """conflict-kg with a token for writing, and with syncs that take as long as those of a disk that waits."""
    ours = create_ours((f"KG_WRITE_TOKEN={token}", "KG_WRITE_RATE=1000000"))

    def serve(directory: Path, port: int) -> Command:
        command = ours.serve(directory, port)
        return replace(command, arguments=[sys.executable, "-c", _WITH_SLOW_SYNC]) if slow_sync else command

    return replace(ours, name="ours, slow sync" if slow_sync else OURS, serve=serve)


@dataclass(frozen=True)
class _Measurement:
    """One run: what is measured on the data in a temporary folder."""

    work: Path
    count: int
    """Of statements that are written alone."""
    seconds: float
    """For how long many write at once."""
    fuseki: Engine | SkippedEngine
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def measure(self, quads: int, less: int) -> list[Aim]:
        """The aims, on so many quads, and beside a server with less."""
        data = self._generate(quads)
        alone = self._measure_alone(data, self._generate(less) if less < quads else None)
        return [*self._compare_alone(alone), *self._measure_together(data, alone[OXIGRAPH])]

    def _measure_alone(self, data: Path, less: Path | None) -> Mapping[str, float]:
        """Milliseconds of a statement by server."""
        ours = create_ours_with_token(self.token)
        engines = [(ours, data, "/sparql"), (create_oxigraph(), data, "/update")]
        if less is not None:
            engines.append((replace(ours, name=_LESS), less, "/sparql"))
        if isinstance(self.fuseki, Engine):
            engines.append((self.fuseki, data, "/ds/update"))
        else:
            _report(f"{self.fuseki.name}: skipped; {self.fuseki.reason}")
        with contextlib.ExitStack() as servers:
            clients = [self._start(servers, *engine) for engine in engines]
            names = [engine.name for engine, _, _ in engines]
            ms = dict(zip(names, time_in_turns(clients, self.count), strict=True))
            # The fastest that it can be: between the turns of others it is no longer in the caches of the processor.
            (unbroken_ms,) = time_in_turns([clients[names.index(OXIGRAPH)]], self.count, "unbroken")
            return ms | {OXIGRAPH: min(ms[OXIGRAPH], unbroken_ms)}

    def _compare_alone(self, ms: Mapping[str, float]) -> Iterator[Aim]:
        own, bare = ms[OURS], ms[OXIGRAPH]
        yield Aim(f"a statement alone, {own:.2f} ms to {bare:.3f} ms bare into Oxigraph", own / bare, 120, True)
        if self.fuseki.name in ms:
            yield Aim(
                f"the same to {ms[self.fuseki.name]:.2f} ms bare into Fuseki", own / ms[self.fuseki.name], 120, True
            )
        if _LESS in ms:
            yield Aim(f"the same to {ms[_LESS]:.2f} ms with less data", own / ms[_LESS], 1.3, True)

    def _measure_together(self, data: Path, bare_ms: float) -> list[Aim]:
        beside, bare = (
            self._read_beside_writers(engine, data, path)
            for engine, path in (
                (create_ours_with_token(self.token, slow_sync=True), "/sparql"),
                (replace(create_oxigraph(), name=f"{OXIGRAPH}, beside readers"), "/update"),
            )
        )
        each_ms = 1e3 / beside.written.per_second
        writers = f"of {WRITERS} writers with syncs of {SYNC_DELAY_S * 1e3:.0f} ms"
        _report(f"{OXIGRAPH}: {bare.written.per_second:.0f} bare INSERTs a second, with syncs as they are")
        reads = f"95 % of reads meanwhile, to those without writers (Oxigraph: {bare.slower:.2f})"
        return [
            Aim(f"one statement {writers}, {each_ms:.2f} ms to {bare_ms:.3f} ms", each_ms / bare_ms, 30, True),
            Aim(f"statements a second {writers}", beside.written.per_second, 100, False),
            Aim(reads, beside.slower, 2, True),
        ]

    def _read_beside_writers(self, engine: Engine, data: Path, path: str) -> "_Beside":
        """The same readers without and with writers, each as fast as it is answered."""
        queries = find_query(load_queries(values_path(data)), POINT).texts
        with contextlib.ExitStack() as servers:
            client = self._start(servers, engine, data, path)
            port = client.server.port
            reading = [[engine.build_request(query) for query in queries]] * READERS
            readers = Load(port, reading, self.seconds, READ_PAUSE_S, network="127.0.2")
            with in_background(readers) as read:
                quiet = read()
            most = int(self.seconds * MOST_PER_SECOND / WRITERS)
            statements = [list(islice(client.requests(f"writer-{number}"), most)) for number in range(WRITERS)]
            with in_background(Load(port, statements, self.seconds)) as write, in_background(readers) as read:
                return _Beside(quiet, read(), write())

    def _generate(self, quads: int) -> Path:
        path = self.work / f"data-{quads}.nq"
        generate(quads, path, 1)
        return path

    def _start(self, servers: contextlib.ExitStack, engine: Engine, data: Path, path: str) -> WriteClient:
        server = servers.enter_context(run_engine(engine, data, self.work, _report))
        return WriteClient(server, StatementTemplate.read_all(data), path, self.token)


@dataclass(frozen=True, slots=True)
class _Beside:
    """Times of readers alone and beside writers, and of these."""

    quiet: Times
    busy: Times
    written: Times

    @property
    def slower(self) -> float:
        """The ratio of the times within which 95 % of reads are answered."""
        return self.busy.percentile(0.95) / self.quiet.percentile(0.95)


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the data.")
@click.option("--less", default=100_000, show_default=True, help="Size of less data, of which the cost is compared.")
@click.option("--count", default=100, show_default=True, help="Statements that are written alone.")
@click.option("--seconds", default=10.0, show_default=True, help="For how long many write at once.")
@click.option("--fuseki-jar", type=click.Path(path_type=Path), help="The jar jena-fuseki-server of Maven Central.")
@click.option("--strict", is_flag=True, help="Exit with 1 if an aim is not met.")
def main(quads: int, less: int, count: int, seconds: float, fuseki_jar: Path | None, strict: bool) -> None:
    """Print what a statement costs, alone and in groups, as ratios to a bare INSERT."""
    work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
    try:
        aims = _Measurement(work, count, seconds, create_fuseki(fuseki_jar)).measure(quads, less)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    click.echo("\n".join(map(str, aims)))
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


def _report(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
