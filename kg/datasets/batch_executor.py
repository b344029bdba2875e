"""Where batches of rows are mapped: here, or in processes of this machine; their results come in the order of the rows.

Owns these processes. What a batch becomes is ``mapping``'s; ``dask_executor`` has the machines of a cluster do it. Rows
that wait are few, however long the file.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from kg.datasets.mapping import Batch, FileMapping, MappedBatch
from kg.errors import IngestLimitError

_MAX_PROCESSES = 8
_SMALL_FILE = 1_000_000
"""Bytes that are mapped before a process has started."""
_R = TypeVar("_R", covariant=True)


class ClusterError(IngestLimitError):
    """Whoever maps batches at ``place`` does not go on; nothing was changed."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}; nothing was changed")


class BatchExecutor(Protocol):
    """Has batches mapped."""

    def map(self, step: FileMapping, batches: Iterable[Batch]) -> Iterator[MappedBatch]:
        """What each batch becomes, in their order; a few of them are read before the first is needed.

        Raises what the step and the batches raise, and ClusterError if the machines that do it are lost.
        """
        ...


class SerialExecutor:
    """Maps batches here, one after the other."""

    def map(self, step: FileMapping, batches: Iterable[Batch]) -> Iterator[MappedBatch]:
        """See ``BatchExecutor.map``."""
        return map(step, batches)


class ProcessExecutor:
    """Maps batches in processes, which end with this one."""

    def __init__(self, count: int) -> None:
        self._count = count

    def map(self, step: FileMapping, batches: Iterable[Batch]) -> Iterator[MappedBatch]:
        """See ``BatchExecutor.map``."""
        with ExitStack() as stack:
            idle: SimpleQueue[_Process] = SimpleQueue()
            for _ in range(self._count):
                process = _Process(step)
                stack.callback(process.close)
                idle.put(process)
            # A thread waits for each process, so that neither side waits for the other to read what it sends.
            threads = stack.enter_context(ThreadPoolExecutor(self._count, thread_name_prefix="mapping"))

            def map_batch(batch: Batch) -> MappedBatch:
                process = idle.get()
                try:
                    return process.map(batch)
                finally:
                    idle.put(process)

            yield from map_in_order(lambda batch: threads.submit(map_batch, batch), batches, 2 * self._count)


def choose_executor(size: int) -> BatchExecutor:
    """What is fastest here for files of so many bytes."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processors == 1 or size < _SMALL_FILE:
        return SerialExecutor()
    return ProcessExecutor(min(processors, _MAX_PROCESSES))


class Future(Protocol[_R]):
    """The part of a future of ``concurrent.futures`` that those of Dask have too."""

    def result(self) -> _R: ...

    def cancel(self) -> object: ...


def map_in_order(
    submit: Callable[[Batch], Future[MappedBatch]], batches: Iterable[Batch], window: int
) -> Iterator[MappedBatch]:
    """The results of batches in their order, while at most so many are submitted."""
    waiting: deque[Future[MappedBatch]] = deque()
    try:
        for batch in batches:
            waiting.append(submit(batch))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


class _Process:
    """Another process that maps batches; it ends when its input does, and so with this one."""

    def __init__(self, step: FileMapping) -> None:
        # -P: a folder called kg where the command is run is not the package. A session of its own: an interrupt is for
        # the command.
        command = [sys.executable, "-P", "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._send(step)

    def map(self, batch: Batch) -> MappedBatch:
        """The result. Raises what mapping raises, or ClusterError."""
        assert self._process.stdout is not None
        self._send(batch)
        try:
            result = pickle.load(self._process.stdout)  # written by ``serve``
        except (EOFError, pickle.UnpicklingError):
            raise self._lost() from None
        if isinstance(result, Exception):
            raise result
        assert isinstance(result, MappedBatch)
        return result

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in filter(None, (self._process.stdin, self._process.stdout)):
            with suppress(BrokenPipeError):  # of what is not sent yet
                pipe.close()
        self._process.wait()

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._lost() from None

    def _lost(self) -> ClusterError:
        return ClusterError("this machine", f"a process that maps rows has ended with code {self._process.wait()}")


def serve() -> None:
    """Map the batches that come on stdin, after the step, until it ends."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    step = pickle.load(source)  # written by ``_Process``
    while True:
        try:
            batch = pickle.load(source)
        except EOFError:
            return
        try:
            result = step(batch)
        except Exception as error:  # noqa: BLE001  # raised where the result is awaited
            result = error
        pickle.dump(result, target, pickle.HIGHEST_PROTOCOL)
        target.flush()


if __name__ == "__main__":
    serve()
