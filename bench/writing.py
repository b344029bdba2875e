"""``python -m bench.writing``: what a validated, durable statement costs, beside a bare INSERT into Oxigraph.

The same quads are sent as SPARQL Update over kept connections: to ours, which validates, records, syncs and publishes
them, and to ``oxigraph serve``, which only stores them. First one after the other, in turns; then by 16 writers at
once, to a server of ours whose every sync takes 10 ms longer, while readers ask small queries.
"""

import contextlib
import itertools
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from bench.aims import Aim
from bench.client import Connection
from bench.engine_server import EngineServer, run_engine
from bench.engines import Engine, create_ours, create_oxigraph
from bench.generate import generate, values_path
from bench.processes import Command
from bench.query_set import POINT, find_query, load_queries
from bench.written_statements import StatementTemplate, to_update

WRITERS, READERS = 16, 4
SYNC_DELAY_S = 0.010
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


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each request, and for how long they were sent."""

    milliseconds: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which so many of the requests were answered."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * share)]


class WriteClient:
    """Sends statements, each under a name of its own."""

    def __init__(self, server: EngineServer, templates: Sequence[StatementTemplate], path: str, token: str) -> None:
        self._server, self._templates, self._path, self._token = server, templates, path, token

    def connect(self) -> Connection:
        """A connection of its own."""
        return Connection(self._server.port, self._server.engine.timeout_s)

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


def time_in_turns(clients: tuple[WriteClient, WriteClient], count: int) -> tuple[float, float]:
    """The medians in milliseconds of so many statements, sent to both servers in turns after ten unmeasured ones."""
    times: tuple[list[float], list[float]] = ([], [])
    with clients[0].connect() as first, clients[1].connect() as second:
        requests = [client.requests("alone") for client in clients]
        for number in range(count + 10):
            for position, connection in ((0, first), (1, second))[:: 1 if number % 2 else -1]:
                elapsed = _send(connection, next(requests[position]))
                if number >= 10:
                    times[position].append(elapsed)
    return statistics.median(times[0]), statistics.median(times[1])


def send_together(client: WriteClient, writers: int, seconds: float) -> Times:
    """The times of all statements of so many writers, each of which sends its next when the last is answered."""
    return _run_clients([(client.connect, client.requests(f"writer-{number}")) for number in range(writers)], seconds)


def read_together(server: EngineServer, queries: tuple[str, ...], readers: int, seconds: float) -> Times:
    """The same of readers with small queries."""
    requests = [server.engine.build_request(query) for query in queries]

    def connect() -> Connection:
        return Connection(server.port, server.engine.timeout_s)

    return _run_clients([(connect, itertools.cycle(requests)) for _ in range(readers)], seconds)


_Client = tuple[Callable[[], Connection], Iterator[bytes]]
"""How it connects, and what it sends."""


def _run_clients(clients: Sequence[_Client], seconds: float) -> Times:
    times: list[float] = []
    failures: list[Exception] = []
    end = time.monotonic() + seconds

    def run(connect: Callable[[], Connection], requests: Iterator[bytes]) -> None:
        try:
            with connect() as connection:
                while time.monotonic() < end:
                    times.append(_send(connection, next(requests)))
        except (OSError, RuntimeError) as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=client) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Times(tuple(times), seconds)


def _send(connection: Connection, request: bytes) -> float:
    started = time.perf_counter()
    connection.send(request)
    return (time.perf_counter() - started) * 1e3


def create_ours_with_token(token: str, *, slow_sync: bool = False) -> Engine:
    """conflict-kg with a token for writing, and with syncs that take as long as those of a disk that waits."""
    ours = create_ours((f"KG_WRITE_TOKEN={token}",))

    def serve(directory: Path, port: int) -> Command:
        command = ours.serve(directory, port)
        return replace(command, arguments=[sys.executable, "-c", _WITH_SLOW_SYNC]) if slow_sync else command

    return replace(ours, name="ours, slow sync" if slow_sync else ours.name, serve=serve)


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the data.")
@click.option("--count", default=100, show_default=True, help="Statements that are written alone.")
@click.option("--seconds", default=10.0, show_default=True, help="For how long many write at once.")
@click.option("--strict", is_flag=True, help="Exit with 1 if an aim is not met.")
def main(quads: int, count: int, seconds: float, strict: bool) -> None:
    """Print what a statement costs, alone and in groups, as ratios to a bare INSERT into Oxigraph."""
    token = secrets.token_urlsafe(32)
    with contextlib.ExitStack() as resources:
        work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
        resources.callback(shutil.rmtree, work, ignore_errors=True)
        data = work / "data.nq"
        generate(quads, data, 1)
        templates = StatementTemplate.read_all(data)
        engines = (create_ours_with_token(token), create_oxigraph(), create_ours_with_token(token, slow_sync=True))
        servers = [resources.enter_context(run_engine(engine, data, work, _report)) for engine in engines]
        ours, oxigraph, slow = (
            WriteClient(server, templates, path, token)
            for server, path in zip(servers, ("/sparql", "/update", "/sparql"), strict=True)
        )
        own_ms, bare_ms = time_in_turns((ours, oxigraph), count)
        queries = tuple(find_query(load_queries(values_path(data)), POINT).texts)
        quiet = read_together(servers[2], queries, READERS, seconds)
        with _reading_meanwhile(servers[2], queries, seconds) as busy:
            written = send_together(slow, WRITERS, seconds)
    each_ms = 1e3 / written.per_second
    aims = [
        Aim(f"a statement alone, {own_ms:.2f} ms to {bare_ms:.3f} ms", own_ms / bare_ms, 120, True),
        Aim(f"one of {WRITERS} writers' statements, {each_ms:.2f} ms to {bare_ms:.3f} ms", each_ms / bare_ms, 30, True),
        Aim(f"statements a second of {WRITERS} writers", written.per_second, 100, False),
        Aim("95 % of reads while written to those before", busy[0].percentile(0.95) / quiet.percentile(0.95), 2, True),
    ]
    click.echo("\n".join(map(str, aims)))
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


@contextlib.contextmanager
def _reading_meanwhile(server: EngineServer, queries: tuple[str, ...], seconds: float) -> Iterator[list[Times]]:
    """Readers in the background; their times are in the list afterwards."""
    found: list[Times] = []
    thread = threading.Thread(target=lambda: found.append(read_together(server, queries, READERS, seconds)))
    thread.start()
    yield found
    thread.join()


def _report(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
