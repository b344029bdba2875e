"""Sends requests number 0 to N of a seed to a server of its own, and says which of them broke it and how.

``python -m tests.fuzz.run --count 100000`` for long runs; ``--only NUMBER`` replays one request and prints its response.
A request breaks the server if it gets status 500, no HTTP, or no response in time, if a traceback appears in the log, or
if the web process ends.
"""

import asyncio
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

import click

from bench.attacks.server import TOKEN, KgServer, find_failures, run_server
from tests.fuzz.connection import ClosedError, Connection, MalformedError, Response
from tests.fuzz.generate import Generator
from tests.fuzz.regressions import GOVERNED, PLAIN
from tests.fuzz.request import Request
from tests.fuzz.seeds import Seeds

SETTINGS = {
    "KG_WORKERS": "2",
    "KG_QUERY_TIMEOUT_S": "2",
    "KG_QUERY_MEMORY_MB": "512",
    "KG_RESULT_MAX_MB": "8",
    "KG_INGEST_TIMEOUT_S": "6",
}
"""Short limits: a mutated query or document is rarely worth more."""
_RESPONSE_TIMEOUT_S = 150.0
_LOG_INTERVAL_S = 1.0
_MAX_FAILURES = 25


@dataclass(slots=True)
class Failure:
    """What a request broke, and the request to replay."""

    name: str
    reason: str
    data: bytes = b""

    def __str__(self) -> str:
        shown = repr(self.data) if len(self.data) < 4_000 else f"{self.data[:4_000]!r}... ({len(self.data):,} bytes)"
        return f"{self.name}: {self.reason}\n  {shown}" if self.data else f"{self.name}: {self.reason}"


@dataclass(slots=True)
class Report:
    """What came of all requests."""

    failures: list[Failure] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    sent: int = 0

    def table(self) -> str:
        """Kinds and the statuses of their responses; 0 is a connection closed or left without one."""
        kinds = sorted({kind for kind, _ in self.statuses})
        rows = []
        for kind in kinds:
            counts = {status: count for (of, status), count in self.statuses.items() if of == kind}
            rows.append(f"{kind:12} " + "  ".join(f"{status}: {count}" for status, count in sorted(counts.items())))
        return "\n".join(rows)


@dataclass(slots=True)
class Item:
    """A request to be sent, with its kind and the name by which it is replayed."""

    name: str
    kind: str
    request: Request

    def encode(self) -> bytes:
        """The bytes to send."""
        return self.request.encode(TOKEN, re.sub(r"[^A-Za-z0-9]+", "-", self.name)[:64])


def generated(generator: Generator, numbers: Sequence[int], end_s: float = float("inf")) -> Iterator[Item]:
    """The requests with these numbers, until the time of ``time.monotonic``."""
    for number in numbers:
        if time.monotonic() > end_s:
            return
        kind, made = generator.request(number)
        yield Item(f"seed {generator.seed} number {number}", kind, made)


def known(plain: bool) -> Iterator[Item]:
    """The requests that broke a server before."""
    for name, made in (PLAIN if plain else GOVERNED).items():
        yield Item(f"regression {name}", "regression", made)


class Fuzzer:
    """Several clients that share the requests."""

    def __init__(
        self, server: KgServer, items: Iterator[Item], connections: int, announce: Callable[[str], None] | None = None
    ) -> None:
        self._server, self._items, self._connections = server, items, connections
        self._announce = announce
        self._under_way: dict[str, Item] = {}
        self.report = Report()

    def run(self) -> Report:
        """Send all; ends early once the server is broken too often, or gone."""
        asyncio.run(self._run())
        return self.report

    async def _run(self) -> None:
        watch = asyncio.create_task(self._watch_log())
        await self.send_all()
        await asyncio.sleep(_LOG_INTERVAL_S)
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        self._check_end()

    async def send_all(self) -> None:
        """Send all requests, without looking at the log."""
        # Each client has an address of its own: shares of one client address are not what is tested here.
        clients = [self._client(f"127.0.1.{number % 250 + 1}") for number in range(self._connections)]
        await asyncio.gather(*clients)

    async def _client(self, address: str) -> None:
        connection = Connection(self._server.port, address)
        for item in self._items:
            if not self._server.is_running() or len(self.report.failures) >= _MAX_FAILURES:
                break
            self._under_way[item.name] = item
            await self._send(connection, item)
            del self._under_way[item.name]
        connection.close()

    async def _send(self, connection: Connection, item: Item) -> None:
        data = item.encode()
        self.report.sent += 1
        try:
            responses = await self._responses(connection, item, data)
        except TimeoutError:
            connection.close()
            return self._fail(item, f"no response in {_RESPONSE_TIMEOUT_S:.0f} s")
        except MalformedError as error:
            connection.close()
            return self._fail(item, f"no HTTP came back: {error}")
        except (ClosedError, OSError) as error:
            connection.close()
            self.report.statuses[item.kind, 0] += 1
            if item.request.needs_response and self._server.is_running():
                self._fail(item, f"closed without a response {error!r}")
            return None
        self.report.statuses.update((item.kind, response.status) for response in responses or [Response(0)])
        if any(response.status == 500 for response in responses):
            body = next(response.body for response in responses if response.status == 500)
            self._fail(item, f"status 500 {body[:300]!r}")
        return None

    async def _responses(self, connection: Connection, item: Item, data: bytes) -> list[Response]:
        async with asyncio.timeout(_RESPONSE_TIMEOUT_S):
            if item.request.needs_response:
                return [await connection.send(data, item.request.method, random.Random(item.name))]
            return await connection.send_raw(data)

    def _fail(self, item: Item, reason: str) -> None:
        self._add(Failure(f"{item.name} ({item.kind})", reason, item.encode()))

    def _add(self, failure: Failure) -> None:
        self.report.failures.append(failure)
        if self._announce:
            self._announce(f"\n*** {failure}")

    async def _watch_log(self) -> None:
        """Tracebacks as they appear, with the requests under way; the access line after one has the request's id."""
        offset = 0
        while True:
            await asyncio.sleep(_LOG_INTERVAL_S)
            text = self._server.read_log(offset)
            offset += len(text.encode(errors="replace"))
            for found in find_failures(text):
                if "Traceback" in found or '"status": 500' not in found:
                    names = ", ".join(self._under_way)
                    self._add(Failure("log", f"while under way: {names}\n{found}"))

    def _check_end(self) -> None:
        if not self._server.is_running():
            code = self._server.process.returncode
            for item in self._under_way.values():
                self._fail(item, f"under way when the server ended with {code}")
            self._add(Failure("server", f"ended with {code}:\n{self._server.read_log()[-3000:]}"))
            return
        try:
            status, _ = self._server.get("/healthz", timeout_s=30)
        except OSError as error:
            self._add(Failure("server", f"/healthz does not answer: {error}"))
        else:
            if status != 200:
                self._add(Failure("server", f"/healthz has status {status}"))
        if crashed := self._server.metric("conflict_kg_workers_crashed_total"):
            self._add(Failure("server", f"{crashed:.0f} workers crashed"))


def run_fuzz(
    server: KgServer, items: Iterator[Item], connections: int, announce: Callable[[str], None] | None = None
) -> Report:
    """Send the requests over so many connections; ``announce`` gets each failure at once."""
    return Fuzzer(server, items, connections, announce).run()


def replay(server: KgServer, item: Item) -> None:
    """Send one request and print what comes back and what the log says."""
    data = item.encode()
    click.echo(f"{item.name} ({item.kind}):\n{data!r}\n")

    async def send() -> list[Response]:
        connection = Connection(server.port, "127.0.1.1")
        if item.request.needs_response:
            return [await connection.send(data, item.request.method, random.Random(item.name))]
        return await connection.send_raw(data)

    try:
        for response in asyncio.run(send()):
            click.echo(f"{response.status} {response.fields}\n{response.body[:2000]!r}")
    except (ClosedError, MalformedError, OSError) as error:
        click.echo(f"{error!r}")
    time.sleep(0.5)
    click.echo(server.read_log()[-5000:])


@click.command()
@click.option("--count", default=2_000, show_default=True, help="Requests to each server.")
@click.option("--seed", default=1, show_default=True, help="Another seed makes other requests.")
@click.option("--start", default=0, show_default=True, help="The first number.")
@click.option("--connections", default=8, show_default=True)
@click.option("--only", type=int, help="Send this one, and print the response.")
@click.option("--regression", help="Only regressions whose name contains this; empty for all.")
@click.option("--kind", help="Only requests of this kind.")
@click.option("--plain/--governed", default=None, help="Only a server in plain mode, or only one without; else both.")
def main(
    count: int,
    seed: int,
    start: int,
    connections: int,
    only: int | None,
    regression: str | None,
    kind: str | None,
    plain: bool | None,
) -> None:
    """Fuzz a server of our own. Exit code 1 if it was broken."""
    seeds, is_broken = Seeds.read(), False
    for mode in (False, True) if plain is None else (plain,):
        generator = Generator(seeds, seed, mode)
        with run_server(*(["--plain"] if mode else []), settings=SETTINGS) as server:
            if only is not None:
                replay(server, next(generated(generator, [only])))
                continue
            started = time.monotonic()
            items: Iterator[Item] = chain(known(mode), generated(generator, range(start, start + count)))
            if regression is not None:
                items = (item for item in known(mode) if regression in item.name)
            report = run_fuzz(server, (item for item in items if kind in (None, item.kind)), connections, click.echo)
            name = "plain" if mode else "governed"
            click.echo(f"\n{name}: {report.sent:,} requests in {time.monotonic() - started:.0f} s, ", nl=False)
            click.echo(
                f"{server.resident_mb():.0f} MB, {server.metric('conflict_kg_workers_killed_total'):.0f} workers killed"
            )
            click.echo(report.table())
            is_broken |= bool(report.failures)
    sys.exit(int(is_broken))


if __name__ == "__main__":
    main()
