"""Arbitrary read-only queries, bounded in time and memory; the contracts.

A query from outside is examined (``guard``), run in a process that can be killed (``pool``, ``worker``) and comes
back as bytes in the format asked for. ``in_process`` keeps the same contract over an engine that has limits of its
own. Knows nothing of HTTP; media types are names of formats here.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from kg.store.interface import Change, QueryResult

if TYPE_CHECKING:
    from kg.execution.guard import QueryInfo


class QueryForm(StrEnum):
    """What a query gives: rows, a yes or no, or triples."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    GRAPH = "graph"


DEFAULT_MEDIA_TYPES = {
    QueryForm.SOLUTIONS: "application/sparql-results+json",
    QueryForm.BOOLEAN: "application/sparql-results+json",
    QueryForm.GRAPH: "application/n-triples",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query as it was sent; nothing here is trusted."""

    text: str
    media_type: str = ""
    """The format of the result; empty for the default of its kind."""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    """If either is given, both together are the dataset and override FROM (SPARQL 1.1 Protocol, section 2.1.4)."""
    base_iri: str = ""
    timeout_s: float | None = None
    """Shorter than the limit of the executor, or it is ignored."""


class Result(Protocol):
    """A result under way: ``form`` and ``media_type`` are known, the bytes come as they are read."""

    @property
    def form(self) -> QueryForm: ...

    @property
    def media_type(self) -> str: ...

    @property
    def body(self) -> bytes | None:
        """All of the serialised result where it is there already, as that of most small queries is."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """The serialised result. Raises QueryLimitError or StoreError if it breaks off; what came before is void."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The same, in an event loop."""
        ...

    def close(self) -> None:
        """Give up what is not yet read. Harmless when all was read, or when called twice."""
        ...


class Executor(Protocol):
    """Runs queries from outside; usable from many threads and from event loops."""

    def inspect(self, text: str) -> "QueryInfo":
        """What ``guard.examined`` tells of the text; ``run`` seldom looks at it again. Raises OverloadedError."""
        ...

    async def ainspect(self, text: str) -> "QueryInfo":
        """``examined``, for an event loop, which no text holds up."""
        ...

    def run(self, query: Query) -> Result:
        """The result, its first bytes computed.

        Raises QueryRefusedError, QueryLimitError, OverloadedError or StoreError.
        """
        ...

    async def arun(self, query: Query) -> Result:
        """``run``, for an event loop; cancelling it stops the query, whether it waits or runs."""
        ...

    def query(self, text: str) -> QueryResult:
        """The whole result as terms, so that an executor is a ``kg.store.Queryable``."""
        ...

    def refresh(self, change: Change | None = None) -> None:
        """To be called after each commit, in their order: every query that starts afterwards sees it.

        Far cheaper with the ``change`` that was made than without.
        """
        ...

    def close(self) -> None:
        """End all processes; queries under way break off."""
        ...
