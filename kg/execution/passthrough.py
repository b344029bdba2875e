"""The same contract over a store that runs and bounds queries itself: a remote engine, or a store in a test."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from io import BytesIO
from typing import Protocol, runtime_checkable

from kg.errors import QueryForbiddenError, QueryLimitError
from kg.execution import guard
from kg.execution.cached_guard import CachedGuard
from kg.execution.interface import DEFAULT_MEDIA_TYPES, Query, QueryForm
from kg.execution.worker import form_of, serialize_result
from kg.store.interface import Change, Queryable, QueryResult

LINE_LENGTH = 32


class WholeResult:
    """A ``Result`` that is all there."""

    def __init__(self, kind: QueryForm, media_type: str, data: bytes) -> None:
        self.form, self.media_type, self._data = kind, media_type, data

    @property
    def body(self) -> bytes:
        return self._data

    def __iter__(self) -> Iterator[bytes]:
        yield self._data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data

    def close(self) -> None:
        return None


@runtime_checkable
class TakesDatasets(Protocol):
    """A store that takes the dataset of the protocol and a shorter time beside the query."""

    def query_with_dataset(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,
    ) -> QueryResult: ...


class PassthroughExecutor:
    """An ``Executor`` that asks the store itself; its deadline is the store's own."""

    def __init__(self, store: Queryable, *, queue_length: int = LINE_LENGTH) -> None:
        self._store, self._examiner = store, CachedGuard(guard.inspect_query, queue_length)

    def inspect(self, text: str) -> guard.QueryInfo:
        return self._examiner.inspect(text)

    async def ainspect(self, text: str) -> guard.QueryInfo:
        return await self._examiner.ainspect(text)

    def run(self, query: Query) -> WholeResult:
        self.inspect(query.text)
        result = self._result(query)
        kind = form_of(result)
        media_type = query.media_type or DEFAULT_MEDIA_TYPES[kind]
        output = BytesIO()
        try:
            serialize_result(result, media_type, output)
        except ValueError as error:
            raise QueryLimitError(str(error)) from error
        return WholeResult(kind, media_type, output.getvalue())

    def _result(self, query: Query) -> QueryResult:
        if isinstance(self._store, TakesDatasets):
            return self._store.query_with_dataset(query.text, query.default_graphs, query.named_graphs, query.timeout_s)
        if query.default_graphs or query.named_graphs:
            raise QueryForbiddenError(
                "default-graph-uri", "write FROM in the query; this store takes no dataset beside it"
            )
        return self._store.query(query.text)

    def query(self, text: str) -> QueryResult:
        self.inspect(text)
        return self._store.query(text)

    async def arun(self, query: Query) -> WholeResult:
        return await asyncio.to_thread(self.run, query)

    def refresh(self, _change: Change | None = None) -> None:
        return None

    def close(self) -> None:
        self._examiner.close()
