"""What takes long is done one after the other, beside the event loop, and only so much of it may wait."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from kg.errors import OverloadedError, QueryRefusedError
from kg.execution.cached_guard import CachedGuard
from kg.execution.guard import QueryInfo
from kg.execution.serial_executor import SerialExecutor
from kg.execution.text_cache import MAX_CACHED_LENGTH

LONG = "x" * (MAX_CACHED_LENGTH + 1)
SHAPE = QueryInfo(None, False)


@pytest.fixture
def line() -> Iterator[SerialExecutor]:
    made = SerialExecutor(2, "test")
    yield made
    made.close()


def test_what_work_finds_or_raises_comes_back(line: SerialExecutor) -> None:
    def fail(text: str) -> int:
        raise QueryRefusedError(text)

    assert line.run(len, "four") == 4
    assert asyncio.run(line.arun(len, "four")) == 4
    with pytest.raises(QueryRefusedError, match="four"):
        line.run(fail, "four")
    with pytest.raises(QueryRefusedError, match="four"):
        asyncio.run(line.arun(fail, "four"))


def test_one_at_a_time_and_a_bounded_number_waits(line: SerialExecutor) -> None:
    go_on = threading.Event()
    at_work: list[str] = []

    def work(text: str) -> str:
        at_work.append(text)
        go_on.wait(10)
        return text

    async def crowd() -> list[str | BaseException]:
        tasks = [asyncio.create_task(line.arun(work, text)) for text in "abcde"]
        while not at_work:
            await asyncio.sleep(0.01)
        assert at_work == ["a"]
        go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    *done, fourth, fifth = asyncio.run(crowd())
    assert done == at_work == ["a", "b", "c"]
    assert isinstance(fourth, OverloadedError)
    assert isinstance(fifth, OverloadedError)
    assert line.run(work, "again") == "again"


def test_giving_up_while_waiting_makes_room(line: SerialExecutor) -> None:
    go_on = threading.Event()

    def work(_text: str) -> bool:
        return go_on.wait(10)

    async def give_up() -> None:
        tasks = [asyncio.create_task(line.arun(work, text)) for text in "abc"]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        go_on.set()
        assert await line.arun(len, "four") == 4

    asyncio.run(give_up())
    assert line.run(len, "four") == 4


def test_long_texts_do_not_hold_up_the_loop() -> None:
    go_on = threading.Event()

    def examine(text: str) -> QueryInfo:
        assert len(text) <= MAX_CACHED_LENGTH or go_on.wait(10)
        return SHAPE

    examiner = CachedGuard(examine, 4)

    async def both() -> None:
        long = asyncio.create_task(examiner.ainspect(LONG))
        await asyncio.sleep(0.05)
        assert await examiner.ainspect("short") is SHAPE
        assert not long.done()
        go_on.set()
        assert await long is SHAPE

    asyncio.run(both())
    examiner.close()


def test_long_text_is_not_examined_a_second_time_at_once() -> None:
    examined: list[str] = []

    def examine(text: str) -> QueryInfo:
        examined.append(text)
        return SHAPE

    examiner = CachedGuard(examine, 4)
    assert examiner.inspect(LONG) is asyncio.run(examiner.ainspect(LONG)) is SHAPE
    assert examined == [LONG]
    examiner.close()
