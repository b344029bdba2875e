"""The pool in an event loop: the same promises as for threads, and cancelling stops the work at once."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import ConflictKgError, OverloadedError, QueryDeadlineError, QueryLimitError, QuerySyntaxError
from kg.execution.interface import Query, Result
from kg.execution.pool import WorkerPool
from kg.settings import Settings

pytestmark = pytest.mark.slow

EX = "https://example.org/"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
STREAMED = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


def look_up(number: int) -> Query:
    return Query(text=f"SELECT ?o {{ <{EX}s{number}> ?p ?o }}")


async def run(pool: WorkerPool, query: Query) -> bytes:
    return b"".join([chunk async for chunk in await pool.arun(query)])


async def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def cpu_s(pool: WorkerPool) -> float:
    """Processor time of the processes of the pool so far, without those that have ended."""
    total = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(pool.directory) in (entry / "cmdline").read_text():
                total += sum(map(int, (entry / "stat").read_text().rpartition(")")[2].split()[11:13])) / 100
        except OSError:
            continue
    return total


def test_small_result_is_complete_at_once(pool: WorkerPool) -> None:
    result = asyncio.run(pool.arun(look_up(1)))
    assert result.body is not None
    assert f"{EX}s2".encode() in result.body


def test_many_tasks_get_their_own_results(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, workers=2, queue_length=100, query_timeout_s=10.0))

    async def is_own(number: int) -> bool:
        return f'"{EX}s{number + 1}"'.encode() in await run(pool, look_up(number))

    async def run_all() -> list[bool]:
        return await asyncio.gather(*(is_own(number) for number in range(90)))

    assert all(asyncio.run(run_all()))


def test_errors_are_the_same(pool: WorkerPool) -> None:
    for text, error, costs_worker in [
        ("SELECT *", QuerySyntaxError, 0),
        (ENDLESS, QueryDeadlineError, 1),
        (STREAMED, QueryLimitError, 1),
    ]:
        killed = pool.status().killed
        with pytest.raises(error):
            asyncio.run(run(pool, Query(text=text)))
        assert pool.status().killed == killed + costs_worker
        assert pool.status().busy == 0


def test_cancelling_stops_the_work(pool: WorkerPool) -> None:
    async def cancel() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pool.arun(Query(text=ENDLESS)), 0.3)

    asyncio.run(run(pool, look_up(1)))
    asyncio.run(cancel())
    asyncio.run(run(pool, look_up(1)))
    before = cpu_s(pool)
    time.sleep(0.5)
    assert cpu_s(pool) - before < 0.1


def test_closing_a_stream_stops_the_work(pool: WorkerPool) -> None:
    async def close_early() -> None:
        result = await pool.arun(Query(text=STREAMED))
        assert result.body is None
        async for _ in result:
            break
        result.close()

    asyncio.run(close_early())
    assert asyncio.run(run(pool, Query(text=COUNT)))
    before = cpu_s(pool)
    time.sleep(0.5)
    assert cpu_s(pool) - before < 0.1


def test_cancelling_while_waiting_leaves_the_queue(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(settings)

    async def cancel_waiting() -> int:
        running = asyncio.create_task(pool.arun(Query(text=ENDLESS)))
        await wait_until(lambda: pool.status().busy == 1)
        waiting = asyncio.create_task(pool.arun(look_up(1)))
        await wait_until(lambda: pool.status().waiting == 1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        left = pool.status().waiting
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return left

    assert asyncio.run(cancel_waiting()) == 0
    assert asyncio.run(run(pool, look_up(1)))


@pytest.mark.serial
def test_long_queries_leave_a_way_through_for_short_ones(
    start_pool: Callable[..., WorkerPool], settings: Settings
) -> None:
    """Most look-ups are answered without waiting for a long query to end."""
    pool = start_pool(replace(settings, workers=3, queue_length=20))
    hostile = [
        ENDLESS,
        f"{STREAMED[:-1]} }} ORDER BY ?a ?f",
        "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    ]
    stopped = 0
    """Hostile queries that have ended, except those that were rejected at once."""
    stopped_meanwhile: list[int] = []
    """For each look-up, how many hostile queries ended while it waited and ran."""
    is_over = asyncio.Event()

    async def attack(text: str) -> None:
        nonlocal stopped
        while not is_over.is_set():
            try:
                await run(pool, Query(text=text))
            except OverloadedError:
                await asyncio.sleep(0.1)
                continue
            except ConflictKgError:
                pass
            stopped += 1

    async def look_up_often() -> None:
        while stopped < 8:
            before = stopped
            await run(pool, look_up(7))
            stopped_meanwhile.append(stopped - before)
            await asyncio.sleep(0.01)
        is_over.set()

    async def run_both() -> None:
        for _ in range(20):
            await run(pool, look_up(7))
        await asyncio.gather(look_up_often(), *(attack(text) for text in hostile * 4))

    asyncio.run(run_both())
    assert len(stopped_meanwhile) > 50
    assert sum(count == 0 for count in stopped_meanwhile) > 0.9 * len(stopped_meanwhile)


def test_memory_is_returned(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, workers=2))
    hungry = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?d) ?a LIMIT 1"
    asyncio.run(run(pool, look_up(1)))
    before = pool.status().resident_mb

    async def use_memory() -> None:
        runs = [run(pool, Query(text=text)) for text in (ENDLESS, hungry, STREAMED, hungry)]
        await asyncio.gather(*runs, return_exceptions=True)

    asyncio.run(use_memory())
    asyncio.run(run(pool, look_up(1)))
    time.sleep(0.3)
    assert pool.status().resident_mb < before + 200


def test_loops_and_threads_may_alternate(pool: WorkerPool) -> None:
    """One worker is read by two loops and a thread, in any order; none reads what is another's."""

    async def alternate() -> None:
        for number in range(20):
            expected = f"{EX}s{number + 1}".encode()
            assert expected in await run(pool, look_up(number))
            assert expected in b"".join(await asyncio.to_thread(pool.run, look_up(number)))
            assert expected in await asyncio.to_thread(asyncio.run, run(pool, look_up(number)))

    killed = pool.status().killed
    asyncio.run(alternate())
    assert pool.status().killed == killed


def test_large_query_reaches_a_worker_that_a_loop_watches(pool: WorkerPool) -> None:
    values = " ".join(f"<{EX}s{number % 90}>" for number in range(4_000))
    text = f"SELECT ?o {{ VALUES ?s {{ {values} }} ?s ?p ?o }}"

    async def run_thrice() -> list[int]:
        return [len(await run(pool, Query(text=text))) for _ in range(3)]

    sizes = asyncio.run(run_thrice())
    assert sizes[0] > 100_000
    assert len(set(sizes)) == 1


def test_cancelling_a_query_that_has_just_been_sent(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    """Its worker must not answer the next query with the result of this one."""
    pool = start_pool(settings)

    async def cancel() -> bytes:
        first = await pool.arun(Query(text=f"{STREAMED} LIMIT 3000"))
        assert first.body is None
        waiting = asyncio.create_task(pool.arun(look_up(1)))
        await asyncio.sleep(0.05)
        assert pool.status().waiting == 1
        async for _ in first:
            pass
        assert pool.status().waiting == 0
        waiting.cancel()
        assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], asyncio.CancelledError)
        return await run(pool, look_up(2))

    assert f'"{EX}s3"'.encode() in asyncio.run(cancel())


@pytest.mark.serial
def test_results_being_read_are_not_cut_off(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    """Results in several parts, more of them than there are slots, beside long queries and look-ups."""
    pool = start_pool(replace(settings, workers=3, queue_length=100, query_timeout_s=10.0))
    parts = f"{STREAMED} LIMIT 2000"

    async def attack() -> None:
        for _ in range(2):
            with suppress(ConflictKgError):
                await pool.arun(replace(Query(text=ENDLESS), timeout_s=1.0))

    async def read_slowly() -> int:
        size = 0
        async for chunk in await pool.arun(Query(text=parts)):
            size += len(chunk)
            await asyncio.sleep(0.2)
        return size

    async def run_all() -> tuple[list[int], list[bytes]]:
        attacks = [asyncio.create_task(attack()) for _ in range(4)]
        sizes = [asyncio.create_task(read_slowly()) for _ in range(12)]
        look_ups = [await run(pool, look_up(number)) for number in range(90)]
        await asyncio.gather(*attacks)
        return await asyncio.gather(*sizes), look_ups

    sizes, look_ups = asyncio.run(run_all())
    assert sizes[0] > 300_000
    assert set(sizes) == {sizes[0]}
    assert all(f"{EX}s{number + 1}".encode() in body for number, body in enumerate(look_ups))


@pytest.mark.serial
def test_results_beyond_the_budget_start_again_even_when_no_more_workers_may_be_killed_for_clients_that_left(
    start_pool: Callable[..., WorkerPool], settings: Settings
) -> None:
    pool = start_pool(replace(settings, workers=4, queue_length=100, query_timeout_s=20.0, result_max_mb=40))
    larger_than_the_budget = f"{STREAMED} LIMIT 40000"

    async def leave() -> None:
        for _ in range(2):
            running: list[Result] = []
            with suppress(ConflictKgError):  # its queries may wait in vain for those that it left
                for _ in range(2):
                    running.append(await pool.arun(Query(text=STREAMED, client="left", timeout_s=3.0)))
            for result in running:
                result.close()

    async def read(number: int) -> int:
        return len(await run(pool, Query(text=f"{larger_than_the_budget} OFFSET {number}", client=f"{number}")))

    async def run_all() -> tuple[list[int], list[bytes]]:
        sizes = []
        for _ in range(3):
            await leave()
            sizes += await asyncio.gather(*(read(number) for number in range(4)))
        return sizes, await asyncio.gather(*(run(pool, look_up(number)) for number in range(8)))

    sizes, look_ups = asyncio.run(run_all())
    assert min(sizes) > 5_000_000
    assert all(f"{EX}s{number + 1}".encode() in body for number, body in enumerate(look_ups))
    assert pool.status().busy == 0
