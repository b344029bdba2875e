"""No request breaks a server: fixed seeds against one of each kind, for about a minute; ``make soak`` sends more.

A failure prints seed and number, the command that replays them, and the bytes. Add what it finds to ``regressions``.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shipped_data import ShippedData

from bench.attacks.server import KgServer, run_server
from tests.fuzz.connection import MalformedError, parse_all
from tests.fuzz.generate import Generator
from tests.fuzz.regressions import GOVERNED, PLAIN
from tests.fuzz.request import Request
from tests.fuzz.run import SETTINGS, Fuzzer, Item, Report, generated, known, run_fuzz
from tests.fuzz.seeds import Seeds

SEED = int(os.environ.get("FUZZ_SEED", "20171112"))
COUNT = int(os.environ.get("FUZZ_COUNT", "1500"))
"""Requests to each server."""
SECONDS = 25.0
"""After so long no further one is sent: a slow machine fuzzes less."""
CONNECTIONS = 4


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds.read()


@pytest.fixture(scope="module", params=["governed", "plain"])
def is_plain(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "plain")


@pytest.fixture(scope="module")
def server(is_plain: bool, shipped_data: ShippedData) -> Iterator[KgServer]:
    options, data = (["--plain"], None) if is_plain else ([], shipped_data.directory)
    with run_server(*options, settings=SETTINGS, data=data) as server:
        yield server


def explain(report: Report, is_plain: bool) -> str:
    mode = "--plain" if is_plain else "--governed"
    cure = f"replay: python -m tests.fuzz.run {mode} --seed {SEED} --only NUMBER, or --regression NAME"
    return "\n\n".join([cure, *map(str, report.failures)])


@pytest.mark.slow
def test_no_request_that_broke_a_server_breaks_one_again(server: KgServer, is_plain: bool) -> None:
    report = run_fuzz(server, known(is_plain), CONNECTIONS)
    assert not report.failures, explain(report, is_plain)
    assert report.sent == len(PLAIN if is_plain else GOVERNED)


@pytest.mark.slow
def test_no_generated_request_breaks_a_server(server: KgServer, seeds: Seeds, is_plain: bool) -> None:
    items = generated(Generator(seeds, SEED, is_plain), range(COUNT), time.monotonic() + SECONDS)
    report = run_fuzz(server, items, CONNECTIONS)
    assert not report.failures, explain(report, is_plain)
    succeeded = sum(count for (_, status), count in report.statuses.items() if 200 <= status < 300)
    assert succeeded > report.sent / 20, f"hardly a request succeeds, so little is reached:\n{report.table()}"


@pytest.mark.parametrize("plain", [False, True])
def test_a_number_is_always_the_same_request(seeds: Seeds, plain: bool) -> None:
    first, second = (Generator(seeds, 7, plain) for _ in range(2))
    backwards = {number: second.request(number) for number in reversed(range(100))}
    assert all(first.request(number) == backwards[number] for number in range(100))
    assert len({repr(made) for _, made in backwards.values()}) > 90


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naTraceback",
    ],
)
def test_reader_notices_what_is_no_response(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_all(data)


def test_reader_reads_responses_one_after_the_other() -> None:
    data = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 400 Bad Request\r\nContent-Le"
    )
    assert [response.status for response in parse_all(data)] == [200, 200, 204]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "status 500"),
        (b"Traceback\r\n\r\n", "no HTTP came back"),
        (b"", "closed without a response"),
    ],
)
def test_fuzz_notices_a_broken_server(reply: bytes, reason: str, tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()

    async def fuzz() -> Report:
        (tmp_path / "log").touch()
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
            with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
                server = KgServer(process, listening.sockets[0].getsockname()[1], tmp_path, tmp_path / "log")
                fuzzer = Fuzzer(server, iter([Item("one", "path", Request("GET", "/"))]), 1)
                await fuzzer.send_all()
                process.communicate()
                return fuzzer.report

    report = asyncio.run(fuzz())
    assert [reason in failure.reason for failure in report.failures] == [True]
