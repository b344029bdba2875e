"""The SPARQL queries of one request: run before its deadline, recorded, each result complete before it is used."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pyoxigraph as ox

from kg.errors import ConflictKgError, QueryLimitError
from kg.execution.interface import DEFAULT_MEDIA_TYPES, QueryForm
from kg.execution.result_format import form_of, parse_result, serialize_result
from kg.graphql.plan.rdf_terms import parse_rows
from kg.graphql.request import error_codes, errors
from kg.rdf_formats import RESULTS_TSV
from kg.store.interface import DatasetQueryable, Pattern, QuadLookup, Queryable, QueryResult

_TSV = RESULTS_TSV.media_type
_OWN_SHARE = 0.95
"""Of the time of a request. A worker is killed at the end of it: a request that sees its end come says so itself."""


@dataclass(frozen=True, slots=True)
class ExecutedQuery:
    """A query that was run, and how long it took."""

    sparql: str
    seconds: float


@dataclass(slots=True)
class SparqlSession:
    """A ``kg.store.interface.Queryable`` over a store: the worker's copy of the graph, or a remote engine."""

    store: Queryable
    timeout_s: float
    """How long the whole request may take."""
    queries: list[ExecutedQuery] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def query(self, text: str) -> QueryResult:
        """The result of a query. Raises what the store raises, and a GraphQLError after the deadline."""
        form, body = self._run(text, "")
        return parse_result(form, body)

    def match_each(self, patterns: Sequence[Pattern]) -> Sequence[Sequence[ox.Quad]]:
        """The quads of each pattern. Raises a GraphQLError after the deadline."""
        self.check_deadline()
        assert isinstance(self.store, QuadLookup)
        return self.store.match_each(patterns)

    def rows(self, text: str) -> Iterator[list[str]]:
        """The rows of a SELECT (``kg.graphql.plan.rdf_terms``). Raises as ``query`` does."""
        _, body = self._run(text, _TSV)
        return parse_rows(body)

    def _run(self, text: str, media_type: str) -> tuple[QueryForm, bytes]:
        self.check_deadline()
        start = time.monotonic()
        output = BytesIO()
        try:
            result = self._evaluate(text)
            form = form_of(result)
            _write(result, media_type or DEFAULT_MEDIA_TYPES[form], output)
        except ConflictKgError:
            self.check_deadline()
            raise
        finally:
            self.queries.append(ExecutedQuery(text, time.monotonic() - start))
        return form, output.getvalue()

    def _evaluate(self, text: str) -> QueryResult:
        if isinstance(self.store, DatasetQueryable):
            return self.store.query_with_dataset(text, timeout_s=self.timeout_s - self.elapsed)
        return self.store.query(text)

    def check_deadline(self) -> None:
        """Raises a GraphQLError when the time of the request is used up."""
        if self.elapsed > self.timeout_s * _OWN_SHARE:
            message = error_codes.deadline_message(self.timeout_s)
            raise errors.graphql_error(message, error_codes.TOO_LATE, limit=self.timeout_s)

    @property
    def elapsed(self) -> float:
        """Seconds since the request started."""
        return time.monotonic() - self.started


def _write(result: QueryResult, media_type: str, output: BytesIO) -> None:
    """Solutions are evaluated while they are written. Raises QueryLimitError."""
    try:
        serialize_result(result, media_type, output)
    except (OSError, RuntimeError) as error:
        raise QueryLimitError(f"the engine stopped: {error}") from error
