"""Procedures run in workers: what they return, raise and do wrong reaches the caller, and nothing else is harmed."""

import asyncio
import gc
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import (
    ConflictKgError,
    IngestLimitError,
    InputRejectedError,
    OverloadedError,
    QueryDeadlineError,
    QueryForbiddenError,
    QueryLimitError,
    QueryMemoryError,
    Severity,
    UnknownNameError,
)
from kg.execution.interface import Call, Query, QueryForm, QueryInfo
from kg.execution.pool import WorkerPool
from kg.execution.procedure import ProcedureFailedError
from kg.execution.running_query import RunningQuery
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

QUADS = 2000
A_QUAD = {"s": "https://example.org/new", "p": "https://example.org/p", "o": "https://example.org/o"}


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    return replace(settings, ingest_timeout_s=2.0, ingest_memory_mb=400, workers=2)


@pytest.fixture(scope="module")
def pool(
    store: EmbeddedStore, location: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorkerPool]:
    """A pool whose workers have the graph in that location, with the procedures of ``sample_procedures``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "support"))
        limits = replace(settings, graph_memory_mb=1) if location == "disk" else settings
        directory = tmp_path_factory.mktemp("workers")
        pool = WorkerPool(store, directory, limits, procedures="sample_procedures:create")
        while location == "memory" and not pool.status().in_memory:
            time.sleep(0.05)
        yield pool
        pool.close()


def read(pool: WorkerPool, call: Call) -> bytes:
    return b"".join(pool.run(call))


def test_a_reply_has_its_type_its_properties_and_its_bytes(pool: WorkerPool) -> None:
    result = pool.run(Call(procedure="echo", arguments={"a": ["é", 1]}, content=b"\n\x00\xff"))
    assert (result.form, result.media_type) == (QueryForm.REPLY, "text/plain")
    assert result.properties == {"workers": 2, "arguments": {"a": ["é", 1]}}
    assert b"".join(result) == b"\n\x00\xff"


def test_a_reply_is_read_in_an_event_loop(pool: WorkerPool) -> None:
    async def run() -> bytes:
        result = await pool.arun(Call(procedure="stream", arguments={"chunks": 20}))
        return b"".join([chunk async for chunk in result])

    assert len(asyncio.run(run())) == 2_000_000


def test_a_procedure_reads_the_graph(pool: WorkerPool) -> None:
    assert read(pool, Call(procedure="count")) == str(QUADS).encode()


def test_errors_of_the_domain_reach_the_caller_with_their_attributes(pool: WorkerPool) -> None:
    with pytest.raises(InputRejectedError) as raised:
        read(pool, Call(procedure="reject"))
    first, second = raised.value.findings
    assert (str(first.location), first.cure, first.severity) == ("a.yaml:3", "right", Severity.WARNING)
    assert second.location is None
    with pytest.raises(UnknownNameError, match="no zone called 'nowhere'") as unknown:
        read(pool, Call(procedure="reject", arguments={"unknown": True}))
    assert (unknown.value.kind, unknown.value.name, unknown.value.known) == ("zone", "nowhere", ("somewhere",))


def test_a_bug_in_a_procedure_is_no_error_of_the_domain(pool: WorkerPool) -> None:
    killed = pool.status().killed
    with pytest.raises(ProcedureFailedError, match="KeyError: 'a bug'"):
        read(pool, Call(procedure="fail"))
    assert pool.status().killed == killed


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (Call(procedure="sleep", arguments={"seconds": 60}, timeout_s=0.3), QueryDeadlineError),
        (Call(procedure="allocate", arguments={"bytes": 2_000_000_000}), QueryMemoryError),
        (Call(procedure="crash"), QueryLimitError),
        (Call(procedure="stream", arguments={"chunks": 100}), QueryLimitError),
    ],
    ids=lambda value: getattr(value, "procedure", ""),
)
def test_the_limits_of_queries_hold_for_procedures(pool: WorkerPool, call: Call, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(pool, call)
    assert read(pool, Call(procedure="count")) == str(QUADS).encode()


@pytest.mark.serial
def test_requests_that_wait_have_a_budget_of_memory(pool: WorkerPool) -> None:
    async def run() -> list[BaseException | RunningQuery]:
        large = Call(procedure="sleep", arguments={"seconds": 0.5}, content=b"x" * 40_000_000)
        return await asyncio.gather(*(pool.arun(large) for _ in range(3)), return_exceptions=True)

    results = asyncio.run(run())
    assert sum(isinstance(result, OverloadedError) for result in results) == 1
    assert sum(isinstance(result, RunningQuery) for result in results) == 2
    assert len(read(pool, Call(procedure="echo", content=b"x" * 3_000_000))) == 3_000_000


def test_a_cancelled_call_ends_its_worker(pool: WorkerPool) -> None:
    async def run() -> None:
        await asyncio.wait_for(pool.arun(Call(procedure="sleep", arguments={"seconds": 60})), 0.3)

    killed = pool.status().killed
    with pytest.raises(TimeoutError):
        asyncio.run(run())
    assert pool.status().killed == killed + 1


def test_a_long_text_is_inspected_in_a_worker(pool: WorkerPool) -> None:
    async def inspect(text: str) -> QueryInfo:
        return await pool.ainspect(text)

    filler = "#" * 5000
    assert asyncio.run(inspect(f"{filler}\nCONSTRUCT {{}} FROM <urn:x> {{}}")) == QueryInfo(QueryForm.GRAPH, True, True)
    with pytest.raises(QueryForbiddenError, match="SERVICE"):
        asyncio.run(inspect(f"{filler}\nASK {{ SERVICE <urn:x> {{}} }}"))


def test_ingest_changes_a_copy_that_no_query_sees(pool: WorkerPool) -> None:
    add = Call(procedure="add", arguments=A_QUAD | {"g": "https://example.org/private"})
    assert b"".join(pool.ingest(add)) == str(QUADS + 1).encode()
    assert pool.run(Query(text="ASK { GRAPH <https://example.org/private> { ?s ?p ?o } }")).body == (
        b'{"head":{},"boolean":false}'
    )


def test_queries_come_before_ingest(pool: WorkerPool) -> None:
    priority = Call(procedure="priority")
    assert int(read(pool, priority)) < int(b"".join(pool.ingest(priority)))


def test_ingest_sees_every_commit(store: EmbeddedStore, pool: WorkerPool, quad: Callable[[int], ox.Quad]) -> None:
    counts = []
    for number in range(5000, 5005):
        before = len(b"".join(pool.ingest(Call(procedure="count"))))
        assert before
        change = Change.from_quads(added=frozenset([quad(number)]))
        store.apply(change)
        pool.refresh(change, store.version)
        counts.append(int(b"".join(pool.ingest(Call(procedure="count")))))
        undo = change.inverse()
        store.apply(undo)
        pool.refresh(undo, store.version)
    assert len(set(counts)) == 1
    assert int(b"".join(pool.ingest(Call(procedure="count")))) == counts[0] - 1


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (Call(procedure="sleep", arguments={"seconds": 60}, timeout_s=0.3), r"longer than 0\.3 seconds"),
        (Call(procedure="allocate", arguments={"bytes": 4_000_000_000}), "more than 400 MB"),
        (Call(procedure="crash"), "nested too deeply"),
        (Call(procedure="stream", arguments={"chunks": 3, "crashes": True}), "nested too deeply"),
    ],
    ids=lambda value: getattr(value, "procedure", ""),
)
def test_an_ingest_that_is_too_much_says_why(pool: WorkerPool, call: Call, reason: str) -> None:
    with pytest.raises(IngestLimitError, match=reason):
        pool.ingest(call)
    assert b"".join(pool.ingest(Call(procedure="echo", content=b"again"))) == b"again"


def test_a_crash_is_counted(pool: WorkerPool) -> None:
    crashed = pool.status().crashed
    with pytest.raises(QueryLimitError):
        read(pool, Call(procedure="crash"))
    with pytest.raises(IngestLimitError):
        pool.ingest(Call(procedure="crash"))
    for _ in range(100):
        if pool.status().crashed == crashed + 2:
            break
        time.sleep(0.05)
    assert pool.status().crashed == crashed + 2


def test_closing_the_pool_stops_an_ingest(store: EmbeddedStore, settings: Settings, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "support"))
        pool = WorkerPool(store, tmp_path, settings, procedures="sample_procedures:create")
    with ThreadPoolExecutor() as executor:
        call = Call(procedure="sleep", arguments={"seconds": 600}, timeout_s=inf)
        running = executor.submit(pool.ingest, call)
        time.sleep(1)
        pool.close()
        assert isinstance(running.exception(30), ConflictKgError)


def test_an_ingest_keeps_its_copy_of_the_graph_when_a_query_worker_ends_meanwhile(
    store: EmbeddedStore, settings: Settings, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "support"))
        on_disk = replace(settings, graph_memory_mb=1)
        pool = WorkerPool(store, tmp_path, on_disk, procedures="sample_procedures:create")
    with ThreadPoolExecutor() as executor:
        running = executor.submit(pool.ingest, Call(procedure="sleep", arguments={"seconds": 3}, timeout_s=inf))
        while not list(tmp_path.glob("*-ingest")):
            time.sleep(0.01)
        with pytest.raises(QueryLimitError):
            read(pool, Call(procedure="crash"))
        while not pool.status().crashed:
            time.sleep(0.01)
        assert read(pool, Call(procedure="count"))
        assert list(tmp_path.glob("*-ingest"))
        assert b"".join(running.result()) == b"awake"
    pool.close()


def test_ingest_without_a_deadline_runs_on(pool: WorkerPool, settings: Settings) -> None:
    seconds = settings.ingest_timeout_s + 0.5
    assert b"".join(pool.ingest(Call(procedure="sleep", arguments={"seconds": seconds}, timeout_s=inf))) == b"awake"


def test_ingest_leaves_query_workers_free(pool: WorkerPool) -> None:
    with ThreadPoolExecutor() as executor:
        ingesting = executor.submit(pool.ingest, Call(procedure="sleep", arguments={"seconds": 1.5}))
        for _ in range(5):
            assert read(pool, Call(procedure="count")) == str(QUADS).encode()
        assert not ingesting.done()
        assert b"".join(ingesting.result()) == b"awake"
    assert sum(map(len, pool.ingest(Call(procedure="stream", arguments={"chunks": 200})))) == 20_000_000


class WeaklyReferable(dict[str, Any]):
    """A dictionary of which it can be seen whether it is still held."""


def test_request_that_had_to_wait_is_not_held_after_its_reply(pool: WorkerPool) -> None:
    async def sleep(seconds: float) -> None:
        calls = [pool.arun(Call(procedure="sleep", arguments={"seconds": seconds})) for _ in range(2)]
        await asyncio.gather(*calls)

    async def run() -> "weakref.ref[WeaklyReferable]":
        await sleep(0.1)  # until both workers have started
        busy = asyncio.create_task(sleep(0.3))
        await asyncio.sleep(0.1)
        arguments = WeaklyReferable(a=1)
        await pool.arun(Call(procedure="echo", arguments=arguments))
        await busy
        return weakref.ref(arguments)

    reference = asyncio.run(run())
    gc.collect()
    assert reference() is None
