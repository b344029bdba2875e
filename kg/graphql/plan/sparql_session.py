"""The SPARQL queries of one request: run before a deadline, recorded, and waited for without a compute slot."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from graphql import GraphQLError

from kg.errors import ConflictKgError
from kg.execution.interface import Executor, Query, QueryForm
from kg.execution.result_format import parse_result
from kg.graphql.plan.rdf_terms import parse_rows
from kg.graphql.request import errors
from kg.rdf_formats import RESULTS_TSV
from kg.store.interface import QueryResult

COMPUTE_SLOTS = 2
_TSV = RESULTS_TSV.media_type


class ComputeLimiter:
    """Bounds how many requests compute at once: many threads that compute would starve the event loop of the GIL."""

    def __init__(self, slots: int = COMPUTE_SLOTS) -> None:
        self._slots = threading.BoundedSemaphore(slots)

    @contextmanager
    def acquire(self, timeout_s: float) -> Iterator[bool]:
        """A slot for as long as the block runs; false if none was free in time."""
        is_acquired = self._slots.acquire(timeout=max(0.0, timeout_s))
        try:
            yield is_acquired
        finally:
            if is_acquired:
                self._slots.release()

    @contextmanager
    def release_while_waiting(self) -> Iterator[None]:
        """Gives up the slot while the block waits for something else, and acquires one again after it."""
        self._slots.release()
        try:
            yield
        finally:
            self._slots.acquire()


@dataclass(frozen=True, slots=True)
class ExecutedQuery:
    """A query that was run, and how long it took."""

    sparql: str
    seconds: float


@dataclass(slots=True)
class SparqlSession:
    """A ``kg.store.Queryable`` over an executor, for a thread that holds a slot of the limiter."""

    executor: Executor
    limiter: ComputeLimiter
    timeout_s: float
    """How long the whole request may take."""
    queries: list[ExecutedQuery] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def query(self, text: str) -> QueryResult:
        """The result of a query. Raises what the executor raises, and a GraphQLError after the deadline."""
        form, body = self._run(text, "")
        return parse_result(form, body)

    def rows(self, text: str) -> Iterator[list[str]]:
        """The rows of a SELECT (``kg.graphql.plan.rdf_terms``). Raises as ``query`` does."""
        _, body = self._run(text, _TSV)
        return parse_rows(body)

    def _run(self, text: str, media_type: str) -> tuple[QueryForm, bytes]:
        self.check_deadline()
        start = time.monotonic()
        remaining = self.timeout_s - (start - self.started)
        try:
            with self.limiter.release_while_waiting():
                result = self.executor.run(Query(text=text, media_type=media_type, timeout_s=remaining))
                return result.form, b"".join(result)
        except ConflictKgError:
            self.check_deadline()
            raise
        finally:
            self.queries.append(ExecutedQuery(text, time.monotonic() - start))

    def check_deadline(self) -> None:
        """Raises a GraphQLError after the deadline."""
        if self.elapsed > self.timeout_s:
            raise self.deadline_error()

    def deadline_error(self) -> GraphQLError:
        message = f"The request took longer than {self.timeout_s:g} s; select less at a time."
        return errors.graphql_error(message, errors.TOO_LATE, limit=self.timeout_s)

    @property
    def elapsed(self) -> float:
        """Seconds since the request started."""
        return time.monotonic() - self.started
