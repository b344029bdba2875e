"""One query under way in one worker: its kind, its bytes as they come, and giving the worker back exactly once.

Read from a thread (``iter``) or from an event loop (``aiter``), not both.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from typing import Protocol

from kg.errors import QueryDeadlineError, QueryLimitError, QueryRefusedError
from kg.execution import guard
from kg.execution.framing import FrameType, encode_frame
from kg.execution.interface import Query, QueryForm
from kg.execution.scheduler import Job, StopReason
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH
from kg.execution.worker import HEAD_END, SPENT
from kg.execution.worker_handle import ResourceLimits, WorkerHandle, cause_of_death, failure

_GRACE_S = 0.25
_STATUS_TIMEOUT_S = 5.0
_HELD_BYTES = 4_000_000
"""Of an answer that may not stream yet."""


class PreemptedError(Exception):
    """The worker was needed for short queries, or was gone, before a byte was given out; ask again, as a long one."""


class WorkerProvider(Protocol):
    """Whom workers come from."""

    def release(self, ticket: Job, *, reusable: bool) -> bool:
        """Take the worker back; False if it was taken away before."""
        ...

    def may_stream(self, ticket: Job) -> bool:
        """Whether it may keep the worker until all is read; from then on it does."""
        ...


class RunningQuery:
    """A ``Result``. Given out only when its first bytes are there, so that most failures come before any is sent."""

    form: QueryForm
    media_type: str

    def __init__(self, giver: WorkerProvider, ticket: Job, worker: WorkerHandle, bounds: ResourceLimits) -> None:
        self._giver, self._ticket, self._worker, self._bounds = giver, ticket, worker, bounds
        self._chunks: deque[bytes] = deque()
        self._is_heard = self._is_read = self._is_closed = False

    def ask(self, request: bytes) -> None:
        """Send the request. Whether the worker is there to hear it is told when it begins."""
        self._is_heard = self._worker.tell(request)

    def begin(self) -> None:
        """Wait for the first bytes. Raises Demoted, QueryRefusedError or QueryLimitError."""
        try:
            self._worker.connection.setblocking(True)  # an event loop may have read from it before
            if not self._is_heard:
                raise PreemptedError
            while not self._may_begin():
                self._worker.inbox.fill()
        except EOFError:
            raise self._broken_off(self._status()) from None
        except BaseException:
            self.close()
            raise

    async def abegin(self) -> None:
        """``begin``, from an event loop; cancelling it ends the query."""
        try:
            if not self._is_heard:
                raise PreemptedError
            listener = self._worker.listener
            while not self._may_begin():
                await listener.fill()
        except EOFError:
            raise self._broken_off(await self._astatus()) from None
        except BaseException:
            self.close()
            raise

    @property
    def body(self) -> bytes | None:
        """All of the result, if it is there already."""
        return b"".join(self._chunks) if self._is_read else None

    def __iter__(self) -> Iterator[bytes]:
        try:
            while (chunk := self._next()) is not None:
                yield chunk
                while not (self._chunks or self._is_read):
                    self._worker.inbox.fill()
                    self._take()
        except EOFError:
            raise self._broken_off(self._status()) from None
        finally:
            self.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (chunk := self._next()) is not None:
                yield chunk
                while not (self._chunks or self._is_read):
                    await self._worker.listener.fill()
                    self._take()
        except EOFError:
            raise self._broken_off(await self._astatus()) from None
        finally:
            self.close()

    def close(self) -> None:
        """Give up what is not yet read; the worker stops at once."""
        self._end(reusable=False)

    def _next(self) -> bytes | None:
        if self._is_closed and not self._is_read and not self._chunks:
            raise QueryLimitError("the result was closed before it was read")
        return self._chunks.popleft() if self._chunks else None

    def _may_begin(self) -> bool:
        """All is there, or some of it, and nobody will take the worker away before the rest is."""
        self._take()
        if self._is_read or (self._chunks and self._giver.may_stream(self._ticket)):
            return True
        if sum(map(len, self._chunks)) > _HELD_BYTES:
            raise PreemptedError
        return False

    def _take(self) -> None:
        while not self._is_read and (found := self._worker.inbox.next()) is not None:
            frame, payload = found
            if frame is FrameType.ANSWER:
                head, _, whole = payload.partition(HEAD_END)
                self.form, self.media_type = _head(head)
                self._chunks.append(whole)
                self._is_read = True
                self._end(reusable=True)
            elif frame is FrameType.CHUNK:
                self._chunks.append(payload)
            elif frame is FrameType.HEAD:
                self.form, self.media_type = _head(payload)
            elif frame is FrameType.END:
                self._is_read = True
                self._end(reusable=payload != SPENT)
            else:
                error = failure(payload, self._bounds)
                self._end(reusable=isinstance(error, QueryRefusedError))
                raise error

    def _end(self, *, reusable: bool) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        taken_back = self._giver.release(self._ticket, reusable=reusable)
        if not (taken_back and reusable):
            self._worker.disconnect()

    def _status(self) -> int:
        self.close()
        return self._worker.end.result(_STATUS_TIMEOUT_S) if self._ticket.cause is None else 0

    async def _astatus(self) -> int:
        self.close()
        if self._ticket.cause is not None:
            return 0
        return await asyncio.wait_for(asyncio.wrap_future(self._worker.end), _STATUS_TIMEOUT_S)

    def _broken_off(self, status: int) -> Exception:
        match self._ticket.cause:
            case StopReason.DEADLINE:
                return QueryDeadlineError(self._bounds.seconds)
            case StopReason.DEMOTED:
                return PreemptedError()
            case StopReason.CLOSED:
                return QueryLimitError("stopped: the service is closing")
        return cause_of_death(status, self._bounds)


def request_for(query: Query, shape: guard.QueryInfo, bounds: ResourceLimits, seconds: float, *, union: bool) -> bytes:
    """The query as a worker is asked, to be answered in what is left of its time."""
    is_small = len(query.text) + len(query.base_iri) <= MAX_CACHED_LENGTH and not (
        query.default_graphs or query.named_graphs
    )
    write = _remembered if is_small else _written
    written = write(query, union, shape.names_dataset, bounds.result_mb * 1_000_000)
    return encode_frame(FrameType.QUERY, f'{{"seconds": {max(seconds, 0.0) + _GRACE_S}, {written[1:]}'.encode())


def _written(query: Query, union: bool, names_dataset: bool, result_bytes: int) -> str:
    """All of a request that is the same each time."""
    request = {
        "text": query.text,
        "media_type": query.media_type,
        "default_graphs": query.default_graphs,
        "named_graphs": query.named_graphs,
        "base_iri": query.base_iri,
        "union": union,
        "names_dataset": names_dataset,
        "result_bytes": result_bytes,
    }
    return json.dumps(request)


_remembered = lru_cache(CACHE_SIZE)(_written)


@lru_cache(CACHE_SIZE)
def _head(payload: bytes) -> tuple[QueryForm, str]:
    kind, _, media_type = payload.decode().partition(" ")
    return QueryForm(kind), media_type
