"""Writes of one iteration of the loop are one write, and a closed transport loses nothing."""

import asyncio
from typing import cast

from api.http.write_buffer import BUFFER_MAX_BYTES, CoalescingTransport


class RecordingTransport:
    """Records what is written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


def coalesce(transport: RecordingTransport) -> CoalescingTransport:
    return CoalescingTransport(cast(asyncio.Transport, transport), asyncio.get_running_loop())


def test_writes_of_one_iteration_of_the_loop_are_one_write() -> None:
    async def iterate() -> list[bytes]:
        transport = RecordingTransport()
        coalescing = coalesce(transport)
        coalescing.write(b"head ")
        coalescing.write(b"body")
        assert transport.written == []
        await asyncio.sleep(0)
        coalescing.write(b"more")
        await asyncio.sleep(0)
        return transport.written

    assert asyncio.run(iterate()) == [b"head body", b"more"]


def test_large_write_is_not_buffered() -> None:
    async def write() -> None:
        transport = RecordingTransport()
        coalesce(transport).write(bytes(BUFFER_MAX_BYTES))
        assert transport.written == [bytes(BUFFER_MAX_BYTES)]

    asyncio.run(write())


def test_close_writes_the_buffer_first() -> None:
    async def close() -> None:
        transport = RecordingTransport()
        coalescing = coalesce(transport)
        coalescing.write(b"last")
        coalescing.close()
        assert (transport.written, coalescing.is_closing()) == ([b"last"], True)
        await asyncio.sleep(0)
        assert transport.written == [b"last"]

    asyncio.run(close())
