"""Calls run one at a time, beside the event loop, and a bounded number of them waits."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from kg.errors import OverloadedError, QueryRefusedError
from kg.execution.serial_executor import SerialExecutor


@pytest.fixture
def executor() -> Iterator[SerialExecutor]:
    executor = SerialExecutor(2, "test")
    yield executor
    executor.close()


def test_value_or_exception_is_passed_on(executor: SerialExecutor) -> None:
    def fail(text: str) -> int:
        raise QueryRefusedError(text)

    assert executor.run(len, "four") == 4
    assert asyncio.run(executor.arun(len, "four")) == 4
    with pytest.raises(QueryRefusedError, match="four"):
        executor.run(fail, "four")
    with pytest.raises(QueryRefusedError, match="four"):
        asyncio.run(executor.arun(fail, "four"))


def test_one_call_at_a_time_and_a_bounded_number_waits(executor: SerialExecutor) -> None:
    resume = threading.Event()
    started: list[str] = []

    def call(text: str) -> str:
        started.append(text)
        resume.wait(10)
        return text

    async def submit_five() -> list[str | BaseException]:
        tasks = [asyncio.create_task(executor.arun(call, text)) for text in "abcde"]
        while not started:
            await asyncio.sleep(0.01)
        assert started == ["a"]
        resume.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    *done, fourth, fifth = asyncio.run(submit_five())
    assert done == started == ["a", "b", "c"]
    assert isinstance(fourth, OverloadedError)
    assert isinstance(fifth, OverloadedError)
    assert executor.run(call, "again") == "again"


def test_cancelling_a_waiting_call_frees_its_slot(executor: SerialExecutor) -> None:
    resume = threading.Event()

    def call(_: str) -> bool:
        return resume.wait(10)

    async def cancel_all() -> None:
        tasks = [asyncio.create_task(executor.arun(call, text)) for text in "abc"]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        resume.set()
        assert await executor.arun(len, "four") == 4

    asyncio.run(cancel_all())
    assert executor.run(len, "four") == 4
