"""The queries of one request: run, counted, timed, kept for those who want them explained, and ended at a deadline."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import GraphQLError

from kg.errors import ConflictKgError
from kg.execution.interface import Executor, Query, QueryForm
from kg.execution.result_format import parse_result
from kg.graphql.plan.concurrency import ConcurrencyLimiter
from kg.graphql.plan.rdf_terms import parse_rows
from kg.graphql.request import errors
from kg.store.interface import QueryResult

_TSV = "text/tab-separated-values"


@dataclass(frozen=True, slots=True)
class ExecutedQuery:
    """One query that was run."""

    sparql: str
    seconds: float


@dataclass(slots=True)
class SparqlSession:
    """A ``kg.store.Queryable`` over an executor, for one that has a turn, which it gives away meanwhile."""

    executor: Executor
    turns: ConcurrencyLimiter
    seconds: float
    """How long the whole request may take."""
    entries: list[ExecutedQuery] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def query(self, text: str) -> QueryResult:
        """The result of a query. Raises what the executor raises, and a GraphQLError when time is up."""
        kind, body = self._run(text, "")
        return parse_result(kind, body)

    def rows(self, text: str) -> Iterator[list[str]]:
        """The rows of a SELECT (``kg.graphql.plan.rdf_terms``). Raises as ``query`` does."""
        _, body = self._run(text, _TSV)
        return parse_rows(body)

    def _run(self, text: str, media_type: str) -> tuple[QueryForm, bytes]:
        self.check()
        start = time.monotonic()
        left = self.seconds - (start - self.started)
        try:
            with self.turns.release_while_waiting():
                result = self.executor.run(Query(text=text, media_type=media_type, timeout_s=left))
                return result.form, b"".join(result)
        except ConflictKgError:
            self.check()
            raise
        finally:
            self.entries.append(ExecutedQuery(text, time.monotonic() - start))

    def check(self) -> None:
        """Raises a GraphQLError when time is up."""
        if self.elapsed > self.seconds:
            raise self.deadline_error()

    def deadline_error(self) -> GraphQLError:
        """What to say when time is up."""
        message = f"The request took longer than {self.seconds:g} s; ask for less at a time."
        return errors.graphql_error(message, errors.TOO_LATE, limit=self.seconds)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started
