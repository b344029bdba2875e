"""An executor over a store that runs and limits queries itself: a remote engine, or a store in a test.

Procedures run in threads of this process, over that store: their queries have its limits, and they have no others.
Graphs that are hidden cannot be left out of what such a store answers, so it is not read while it has any.
"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from io import BytesIO
from types import MappingProxyType
from typing import Any, NoReturn, cast

import pyoxigraph as ox

from kg.errors import QueryForbiddenError, QueryLimitError, QuerySyntaxError, RestrictedError
from kg.execution import query_guard
from kg.execution.interface import DEFAULT_MEDIA_TYPES, Call, Query, QueryForm, QueryInfo, Request
from kg.execution.procedure import Procedures, lint_query, list_hidden
from kg.execution.result_format import form_of, serialize_result
from kg.execution.text_cache import CachedGuard
from kg.store.change import Change
from kg.store.interface import DatasetQueryable, QueryResult, Store

QUEUE_LENGTH = 32


class _UnreadableStore:
    """In place of a store with graphs that are hidden, for procedures: those that read it are refused."""

    def __init__(self, hidden: frozenset[ox.NamedNode]) -> None:
        self._hidden = hidden

    def __getattr__(self, name: str) -> NoReturn:
        raise _cannot_hide(self._hidden)


def _cannot_hide(hidden: frozenset[ox.NamedNode]) -> RestrictedError:
    """The refusal: what another engine answers is not narrowed here."""
    note = "nothing can be left out of what a remote engine answers, and "
    return RestrictedError("graph", min(graph.value for graph in hidden), note)


class CompleteResult:
    """A ``Result`` that is in memory."""

    def __init__(
        self,
        form: QueryForm,
        media_type: str,
        body: bytes,
        properties: Mapping[str, Any] = MappingProxyType({}),
        version: str = "",
    ) -> None:
        self.form, self.media_type, self.body, self.properties = form, media_type, body, properties
        self.version = version

    def __iter__(self) -> Iterator[bytes]:
        yield self.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.body

    def close(self) -> None:
        return None


class PassthroughExecutor:
    """An ``Executor`` that queries the store directly; the deadline is that of the store."""

    def __init__(
        self, store: Store, *, queue_length: int = QUEUE_LENGTH, procedures: Procedures = MappingProxyType({})
    ) -> None:
        self._store, self._guard = store, CachedGuard(query_guard.inspect_query, queue_length)
        self._procedures = procedures

    def inspect(self, text: str) -> QueryInfo:
        return self._guard.inspect(text)

    async def ainspect(self, text: str, *, client: str = "") -> QueryInfo:  # noqa: ARG002
        return await self._guard.ainspect(text)

    def run(self, request: Request) -> CompleteResult:
        version = self._store.version
        hidden = self._list_hidden()
        if isinstance(request, Call):
            result = self._call(request, cast(Store, _UnreadableStore(hidden)) if hidden else self._store)
        elif hidden and not request.reads_all:
            raise _cannot_hide(hidden)
        else:
            result = self._run_query(request)
        # What changed meanwhile may be in the result or not.
        result.version = version if version == self._store.version else ""
        return result

    def ingest(self, call: Call) -> CompleteResult:
        return self._call(call, self._store)

    def _list_hidden(self) -> frozenset[ox.NamedNode]:
        """The graphs that requests must not read, looked up for each: others may write to the engine."""
        return list_hidden(self._procedures, self._store)

    def _call(self, call: Call, store: Store) -> CompleteResult:
        reply = self._procedures[call.procedure](store, call.arguments, call.content)
        return CompleteResult(QueryForm.REPLY, reply.media_type, b"".join(reply.body), reply.properties)

    def _run_query(self, query: Query) -> CompleteResult:
        if query.info is None:
            self.inspect(query.text)
        graphs = (*query.default_graphs, *query.named_graphs)
        lint = partial(lint_query, self._procedures, self._store, query.text, query.base_iri, graphs)
        properties = lint()
        try:
            result = self._evaluate(query)
        except QuerySyntaxError:
            lint(is_refused=True)
            raise
        form = form_of(result)
        media_type = query.media_type or DEFAULT_MEDIA_TYPES[form]
        output = BytesIO()
        try:
            serialize_result(result, media_type, output, properties.get("links", ()))
        except ValueError as error:
            raise QueryLimitError(str(error)) from error
        return CompleteResult(form, media_type, output.getvalue(), properties)

    def _evaluate(self, query: Query) -> QueryResult:
        if isinstance(self._store, DatasetQueryable):
            return self._store.query_with_dataset(query.text, query.default_graphs, query.named_graphs, query.timeout_s)
        if query.default_graphs or query.named_graphs:
            raise QueryForbiddenError("default-graph-uri", "this store accepts no dataset with a query; use FROM")
        return self._store.query(query.text)

    def query(self, text: str) -> QueryResult:
        self.inspect(text)
        if hidden := self._list_hidden():
            raise _cannot_hide(hidden)
        return self._store.query(text)

    async def arun(self, request: Request) -> CompleteResult:
        return await asyncio.to_thread(self._run_in_thread, request)

    def _run_in_thread(self, request: Request) -> CompleteResult:
        try:
            return self.run(request)
        except Exception as error:
            # The frames of a traceback hold solutions of Oxigraph, which only the thread that made them may free.
            cause: BaseException | None = error
            while cause is not None:
                traceback.clear_frames(cause.__traceback__)
                cause = cause.__context__
            raise

    def refresh(self, _change: Change, _version: str) -> None:
        return None

    def reload(self) -> None:
        return None

    def close(self) -> None:
        self._guard.close()
