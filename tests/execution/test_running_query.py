"""A worker that is killed while the thread that reaps is busy: its reader is told at once, and others are served."""

import asyncio
import os
import signal
import time
from contextlib import suppress

import pytest

from kg.errors import QueryLimitError
from kg.execution import running_query
from kg.execution.forkserver_client import ForkserverClient
from kg.execution.interface import Query, Result
from kg.execution.pool import WorkerPool
from kg.execution.running_query import RunningQuery
from kg.execution.worker_handle import WorkerHandle

pytestmark = pytest.mark.slow

STREAMED = Query(text="SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
REAPING_S = 1.0


@pytest.fixture
def exit_codes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The exit codes of the workers, which come later than anybody waits for them."""
    found: list[int] = []
    reap = ForkserverClient.reap

    def reap_late(forkserver: ForkserverClient, worker: WorkerHandle) -> None:
        time.sleep(REAPING_S)
        reap(forkserver, worker)
        found.append(worker.exit_code.result(timeout=0))

    monkeypatch.setattr(ForkserverClient, "reap", reap_late)
    monkeypatch.setattr(running_query, "_EXIT_TIMEOUT_S", REAPING_S / 10)
    return found


def kill_worker(result: Result) -> None:
    assert isinstance(result, RunningQuery)
    os.kill(result._worker.pid, signal.SIGKILL)  # noqa: SLF001


def wait_for(exit_codes: list[int]) -> int:
    deadline = time.monotonic() + 20
    while not exit_codes:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return exit_codes[0]


def test_reader_in_a_thread_gets_an_error_of_ours(pool: WorkerPool, exit_codes: list[int]) -> None:
    result = pool.run(STREAMED)
    kill_worker(result)
    with pytest.raises(QueryLimitError):
        list(result)
    assert wait_for(exit_codes) == -signal.SIGKILL
    assert bool(pool.query("ASK { ?s ?p ?o }"))


def test_reader_in_an_event_loop_gets_an_error_of_ours(pool: WorkerPool, exit_codes: list[int]) -> None:
    async def read() -> None:
        result = await pool.arun(STREAMED)
        kill_worker(result)
        async for _ in result:
            pass

    with pytest.raises(QueryLimitError):
        asyncio.run(read())
    assert wait_for(exit_codes) == -signal.SIGKILL
    assert bool(pool.query("ASK { ?s ?p ?o }"))


def test_reader_that_leaves_meanwhile_does_not_keep_the_worker_from_being_reaped(
    pool: WorkerPool, exit_codes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_query, "_EXIT_TIMEOUT_S", 20 * REAPING_S)

    async def read() -> None:
        result = await pool.arun(STREAMED)
        kill_worker(result)
        async for _ in result:
            pass

    async def read_and_leave() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(read(), REAPING_S / 2)

    asyncio.run(read_and_leave())
    assert wait_for(exit_codes) == -signal.SIGKILL
    assert bool(pool.query("ASK { ?s ?p ?o }"))
