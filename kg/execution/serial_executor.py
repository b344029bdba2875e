"""One thing after the other: what would hold up everybody waits for a thread of its own, and holds up its like only.

An event loop must not read a text of a megabyte, and many threads that do would take the interpreter from it in turn.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from kg.errors import OverloadedError

Given = TypeVar("Given")
Found = TypeVar("Found")

RETRY_AFTER_S = 1


class SerialExecutor:
    """Does what it is told in one thread; a bounded number may wait."""

    def __init__(self, length: int, name: str) -> None:
        self._room = threading.BoundedSemaphore(length + 1)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def run(self, work: Callable[[Given], Found], given: Given) -> Found:
        """What the work finds. Raises what it raises, or OverloadedError."""
        return self._submitted(work, given).result()

    async def arun(self, work: Callable[[Given], Found], given: Given) -> Found:
        """The same, for an event loop."""
        return await asyncio.wrap_future(self._submitted(work, given))

    def close(self) -> None:
        """Finish what has begun, and end."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _submitted(self, work: Callable[[Given], Found], given: Given) -> "Future[Found]":
        if not self._room.acquire(blocking=False):
            raise OverloadedError(RETRY_AFTER_S)
        future = self._thread.submit(work, given)
        future.add_done_callback(lambda _: self._room.release())
        return future
