"""Single-threaded executor with a bounded queue, for CPU-bound work that must not block the event loop.

One thread, because several that parse long texts would take the interpreter lock from the event loop in turn.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from kg.errors import OverloadedError

Argument = TypeVar("Argument")
Value = TypeVar("Value")

RETRY_AFTER_S = 1


class SerialExecutor:
    """Calls functions one at a time; at most ``queue_length`` calls wait."""

    def __init__(self, queue_length: int, name: str) -> None:
        self._slots = threading.BoundedSemaphore(queue_length + 1)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def run(self, function: Callable[[Argument], Value], argument: Argument) -> Value:
        """The value of the function. Raises what it raises, or OverloadedError."""
        return self._submit(function, argument).result()

    async def arun(self, function: Callable[[Argument], Value], argument: Argument) -> Value:
        """The same, for an event loop."""
        return await asyncio.wrap_future(self._submit(function, argument))

    def close(self) -> None:
        """Finish the running call, cancel the waiting ones and end the thread."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _submit(self, function: Callable[[Argument], Value], argument: Argument) -> "Future[Value]":
        if not self._slots.acquire(blocking=False):
            raise OverloadedError(RETRY_AFTER_S)
        future = self._executor.submit(function, argument)
        future.add_done_callback(lambda _: self._slots.release())
        return future
