"""One query or call running in one worker: sends it, reads its result frame by frame, returns the worker exactly once.

Read from a thread (``start``, ``iter``) or in an event loop (``astart``, ``aiter``), not both.
"""

import asyncio
import json
import signal
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isinf
from types import MappingProxyType
from typing import Any, Protocol

from kg.errors import ConflictKgError, QueryDeadlineError, QueryLimitError, QueryMemoryError, ServiceClosingError
from kg.execution.error_codec import decode_error
from kg.execution.framing import HEAD_END, REPLACE_WORKER, FrameType, encode_frame
from kg.execution.interface import Call, Query, QueryForm, QueryInfo
from kg.execution.memory_budget import MemoryBudget
from kg.execution.procedure import ProcedureFailedError
from kg.execution.result_format import create_engine_error
from kg.execution.scheduler import Job, StopReason
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH
from kg.execution.worker_handle import WorkerHandle
from kg.store.sparql_text import create_syntax_error

_GRACE_S = 0.25
_EXIT_TIMEOUT_S = 5.0
"""The supervisor may be starting a fork server meanwhile."""
_UNKNOWN_EXIT_CODE = 0
_MAX_BODY_BYTES = 256_000
"""A larger result is read in chunks even when it is complete, so that it is held no longer than needed."""


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """What one query may use."""

    seconds: float
    memory_mb: int
    result_mb: int


class PreemptedError(Exception):
    """The query lost its worker to short queries before a byte of its result was returned; to be run again."""


class WorkerProvider(Protocol):
    """The pool, as seen by a running query."""

    def release(self, job: Job, *, reusable: bool) -> bool:
        """Take the worker back; False if it had been taken away before. The job may be run again afterwards."""
        ...

    def abandon(self, job: Job) -> None:
        """Its client has left, and the job still runs: take the worker back now or in a moment."""
        ...

    def may_stream(self, job: Job) -> bool:
        """Whether the job may keep its worker until all is read; from then on it does."""
        ...


class RunningQuery:
    """A ``Result``; returned only once its first bytes are there, so that most failures come before any is sent."""

    form: QueryForm
    media_type: str
    version: str
    properties: Mapping[str, Any] = MappingProxyType({})

    def __init__(
        self, provider: WorkerProvider, job: Job, worker: WorkerHandle, limits: ResourceLimits, budget: MemoryBudget
    ) -> None:
        self._provider, self._job, self._worker, self._limits = provider, job, worker, limits
        self._chunks: deque[bytes] = deque()
        self._budget, self._held = budget, 0
        self._is_sent = self._is_complete = self._is_closed = False

    def send(self, request: bytes) -> None:
        """Send the request; if the worker has ended, ``start`` raises PreemptedError."""
        self._is_sent = self._worker.send(request)

    def start(self) -> None:
        """Wait for the first bytes. Raises PreemptedError, QueryRefusedError or QueryLimitError."""
        try:
            self._worker.connection.setblocking(True)  # an event loop may have read from it before
            if not self._is_sent:
                raise PreemptedError
            while not self._has_started():
                self._worker.frames.receive()
        except EOFError:
            raise self._explain_end(self._wait_for_exit_code()) from None
        except PreemptedError:
            self._discard()
            raise
        except BaseException:
            self.close()
            raise

    async def astart(self) -> None:
        """``start`` in an event loop; cancelling it stops the query."""
        try:
            if not self._is_sent:
                raise PreemptedError
            reader = self._worker.async_reader
            while not self._has_started():
                await reader.receive()
        except EOFError:
            raise self._explain_end(await self._await_exit_code()) from None
        except PreemptedError:
            self._discard()
            raise
        except BaseException:
            self.close()
            raise

    @property
    def body(self) -> bytes | None:
        """The complete result if it is small and has already arrived, else None."""
        return b"".join(self._chunks) if self._is_complete and self._held <= _MAX_BODY_BYTES else None

    def __iter__(self) -> Iterator[bytes]:
        try:
            while (chunk := self._next_chunk()) is not None:
                yield chunk
                while not (self._chunks or self._is_complete):
                    self._worker.frames.receive()
                    self._read_frames()
        except EOFError:
            raise self._explain_end(self._wait_for_exit_code()) from None
        finally:
            self.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (chunk := self._next_chunk()) is not None:
                yield chunk
                while not (self._chunks or self._is_complete):
                    await self._worker.async_reader.receive()
                    self._read_frames()
        except EOFError:
            raise self._explain_end(await self._await_exit_code()) from None
        finally:
            self.close()

    def close(self) -> None:
        """Discard what has not been read; a worker that still computes is killed, now or in a moment."""
        if not self._is_closed:
            self._is_closed = True
            self._provider.abandon(self._job)
            self._worker.disconnect()
        self._discard()

    def _discard(self) -> None:
        """Discard what has not been read; a worker that still computes is killed now, so that the job may run again."""
        self._finish(reusable=False)
        self._chunks.clear()
        if self._held:
            self._hold(-self._held)

    def _next_chunk(self) -> bytes | None:
        if self._is_closed and not self._is_complete and not self._chunks:
            raise QueryLimitError("the result was closed before it was read")
        if not self._chunks:
            return None
        chunk = self._chunks.popleft()
        if self._held:
            self._hold(-len(chunk))
        return chunk

    def _hold(self, size: int) -> None:
        self._held += size
        self._budget.add(size)

    def _has_started(self) -> bool:
        """The result is complete, or a part of it has arrived and the job keeps its worker until the rest has."""
        self._read_frames()
        if self._is_complete or (self._chunks and self._provider.may_stream(self._job)):
            return True
        if not self._budget.allows(self._held):
            raise PreemptedError
        return False

    def _read_frames(self) -> None:
        while not self._is_complete and (frame := self._worker.frames.next_frame()) is not None:
            frame_type, payload = frame
            if frame_type is FrameType.ANSWER:
                head, _, body = payload.partition(HEAD_END)
                self._read_head(head)
                self._chunks.append(body)
                self._is_complete = True
                self._finish(reusable=True)
            elif frame_type is FrameType.CHUNK:
                self._chunks.append(payload)
                self._hold(len(payload))
            elif frame_type is FrameType.HEAD:
                self._read_head(payload)
            elif frame_type is FrameType.END:
                self._is_complete = True
                self._finish(reusable=payload != REPLACE_WORKER)
            else:
                error = _parse_error(payload, self._limits)
                self._finish(reusable=not isinstance(error, QueryLimitError))
                raise error

    def _read_head(self, head: bytes) -> None:
        if head.startswith(b"{"):
            members = json.loads(head)
            self.form = QueryForm(members["form"])
            self.media_type, self.properties = members["media_type"], members["properties"]
            self.version = members["version"]
        else:
            self.form, self.version, self.media_type = _parse_head(head)

    def _finish(self, *, reusable: bool) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        was_returned = self._provider.release(self._job, reusable=reusable)
        if not (was_returned and reusable):
            self._worker.disconnect()

    def _wait_for_exit_code(self) -> int:
        self._discard()
        if self._job.stop_reason is not None:
            return _UNKNOWN_EXIT_CODE
        try:
            return self._worker.exit_code.result(_EXIT_TIMEOUT_S)
        except TimeoutError:
            return _UNKNOWN_EXIT_CODE

    async def _await_exit_code(self) -> int:
        self._discard()
        if self._job.stop_reason is not None:
            return _UNKNOWN_EXIT_CODE
        # The supervisor sets the exit code, even if nobody waits for it any more: it is not to be cancelled.
        exit_code = asyncio.shield(asyncio.wrap_future(self._worker.exit_code))
        try:
            return await asyncio.wait_for(exit_code, _EXIT_TIMEOUT_S)
        except TimeoutError:
            return _UNKNOWN_EXIT_CODE

    def _explain_end(self, exit_code: int) -> Exception:
        """Why the worker ended: it was stopped, or the query was too much for it."""
        match self._job.stop_reason:
            case StopReason.DEADLINE:
                return QueryDeadlineError(self._limits.seconds)
            case StopReason.PREEMPTED:
                return PreemptedError()
            case StopReason.CLOSED:
                return ServiceClosingError()
        match -exit_code:
            case signal.SIGABRT:
                return QueryMemoryError(self._limits.memory_mb)
            case signal.SIGALRM:
                return QueryDeadlineError(self._limits.seconds)
        return QueryLimitError("stopped: the query was too much for the engine; simplify it")


def encode_query(query: Query, info: QueryInfo, limits: ResourceLimits, *, union: bool, seconds: float) -> bytes:
    """The frame that sends the query to a worker, which has ``seconds`` left for it."""
    is_short = len(query.text) + len(query.base_iri) <= MAX_CACHED_LENGTH
    is_cacheable = is_short and not (query.default_graphs or query.named_graphs)
    encode = _encode_request_cached if is_cacheable else _encode_request
    request = encode(query, union, info.names_dataset, limits.result_mb * 1_000_000)
    return encode_frame(FrameType.QUERY, f'{{"seconds": {max(seconds, 0.0) + _GRACE_S}, {request[1:]}'.encode())


def encode_call(call: Call, limits: ResourceLimits, *, seconds: float, reads_all: bool = False) -> bytes:
    """The frame that sends the call to a worker, which has ``seconds`` left for it; infinity is no deadline.

    ``reads_all``: also what is hidden.
    """
    head = {
        "seconds": 0.0 if isinf(seconds) else max(seconds, 0.0) + _GRACE_S,
        "procedure": call.procedure,
        "arguments": dict(call.arguments),
        "result_bytes": limits.result_mb * 1_000_000,
        "reads_all": reads_all,
    }
    return encode_frame(FrameType.CALL, json.dumps(head).encode() + HEAD_END + call.content)


def _encode_request(query: Query, union: bool, names_dataset: bool, result_bytes: int) -> str:
    """The part of a request that is the same whenever the query is sent."""
    request = {
        "text": query.text,
        "media_type": query.media_type,
        "default_graphs": query.default_graphs,
        "named_graphs": query.named_graphs,
        "base_iri": query.base_iri,
        "union": union,
        "names_dataset": names_dataset,
        "result_bytes": result_bytes,
        "reads_all": query.reads_all,
    }
    return json.dumps(request)


_encode_request_cached = lru_cache(CACHE_SIZE)(_encode_request)


@lru_cache(CACHE_SIZE)
def _parse_head(payload: bytes) -> tuple[QueryForm, str, str]:
    form, version, media_type = payload.decode().split(" ", 2)
    return QueryForm(form), version, media_type


def _parse_error(payload: bytes, limits: ResourceLimits) -> ConflictKgError | ProcedureFailedError:
    """The error that a worker reports."""
    error = json.loads(payload)
    message = error["message"]
    match error["kind"]:
        case "raised":
            return decode_error(error["error"])
        case "failed":
            return ProcedureFailedError(message)
        case "syntax":
            return create_syntax_error(message)
        case "memory":
            return QueryMemoryError(limits.memory_mb)
        case "size":
            return QueryLimitError(f"stopped: the result is larger than {limits.result_mb} MB; narrow it, or use LIMIT")
        case _:
            return create_engine_error(message)
