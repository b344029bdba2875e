"""Values are cached by text, but neither exceptions nor values for long texts nor too many of them."""

import asyncio
import threading

import pytest

from kg.execution.interface import QueryInfo
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH, CachedGuard, cache_by_text

LONG = "x" * (MAX_CACHED_LENGTH + 1)
INFO = QueryInfo(None, False)


def test_short_text_is_computed_once_and_long_text_each_time() -> None:
    calls: list[str] = []

    @cache_by_text
    def measure(text: str) -> int:
        calls.append(text)
        return len(text)

    assert [measure("a"), measure("a"), measure(LONG), measure(LONG)] == [1, 1, len(LONG), len(LONG)]
    assert calls == ["a", LONG, LONG]


def test_oldest_text_is_evicted() -> None:
    calls: list[str] = []
    record = cache_by_text(calls.append)
    for number in range(CACHE_SIZE + 1):
        record(str(number))
    record("0")
    assert calls.count("0") == 2


def test_exception_is_raised_each_time() -> None:
    @cache_by_text
    def fail(text: str) -> int:
        raise ValueError(text)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            fail("a")


def test_long_text_does_not_block_the_event_loop() -> None:
    resume = threading.Event()

    def inspect(text: str) -> QueryInfo:
        assert len(text) <= MAX_CACHED_LENGTH or resume.wait(10)
        return INFO

    guard = CachedGuard(inspect, 4)

    async def inspect_both() -> None:
        long = asyncio.create_task(guard.ainspect(LONG))
        await asyncio.sleep(0.05)
        assert await guard.ainspect("short") is INFO
        assert not long.done()
        resume.set()
        assert await long is INFO

    asyncio.run(inspect_both())
    guard.close()


def test_long_text_is_not_inspected_again_at_once() -> None:
    calls: list[str] = []

    def inspect(text: str) -> QueryInfo:
        calls.append(text)
        return INFO

    guard = CachedGuard(inspect, 4)
    assert guard.inspect(LONG) is asyncio.run(guard.ainspect(LONG)) is INFO
    assert calls == [LONG]
    guard.close()
