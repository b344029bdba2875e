"""The contracts of query execution: a query, what the guard found out about it, its result, and an executor.

A query from outside is checked by a guard (``query_guard``), run in a process that can be killed (``pool``,
``worker``) and returned as bytes in the requested format. A call runs a procedure (``procedure``) there in the same
way. ``passthrough`` fulfils the same contract over a store that enforces limits of its own. Errors are those of
``kg.errors``. Knows nothing of HTTP; a media type only names a format.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from kg.store.change import Change
from kg.store.interface import QueryResult


class QueryForm(StrEnum):
    """What a query returns: solutions (SELECT), a boolean (ASK) or a graph (CONSTRUCT, DESCRIBE); a call, a reply."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    GRAPH = "graph"
    REPLY = "reply"


DEFAULT_MEDIA_TYPES = {
    QueryForm.SOLUTIONS: "application/sparql-results+json",
    QueryForm.BOOLEAN: "application/sparql-results+json",
    QueryForm.GRAPH: "application/n-triples",
}


@dataclass(frozen=True, slots=True)
class QueryInfo:
    """What the guard knows of a query before an engine parses it."""

    form: QueryForm | None
    """None if the text contains no query form; the engine will report the syntax error."""
    names_dataset: bool
    """FROM or FROM NAMED occurs."""
    is_deterministic: bool = False
    """The same data give the same result: no function of the time or of chance occurs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query as received; nothing in it is trusted except ``info``."""

    text: str
    media_type: str = ""
    """The format of the result; empty for the default of its form."""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    """If either is given, both together are the dataset and override FROM (SPARQL 1.1 Protocol, section 2.1.4)."""
    base_iri: str = ""
    reads_all: bool = False
    """Also graphs that are hidden from others (``procedure.LIST_HIDDEN``)."""
    timeout_s: float | None = None
    """Ignored if longer than the limit of the executor."""
    info: QueryInfo | None = field(default=None, compare=False)
    """What ``Executor.inspect`` returned for the text, so that it is not inspected again; None to have it inspected."""
    client: str = field(default="", compare=False)
    """Whose share of the workers it uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a procedure."""

    procedure: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""
    content: bytes = b""
    """Bytes as received, for the procedure to parse."""
    timeout_s: float | None = None
    """Ignored if longer than the limit of the executor."""
    client: str = field(default="", compare=False)
    """Whose share of the workers it uses."""


Request = Query | Call


class Result(Protocol):
    """A result being read: all but its bytes is known, and they arrive while they are read."""

    @property
    def form(self) -> QueryForm: ...

    @property
    def media_type(self) -> str: ...

    @property
    def version(self) -> str:
        """The version of the data over which it was computed (``kg.store.interface.Store``); empty if unknown."""
        ...

    @property
    def properties(self) -> Mapping[str, Any]:
        """What a procedure says about its reply, or a lint about a query (``procedure.LINT_QUERY``)."""
        ...

    @property
    def body(self) -> bytes | None:
        """The complete serialised result if it has already arrived, as for most small queries; else None."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """The serialised result in chunks. On QueryLimitError or StoreError the chunks before are void."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The same, in an event loop."""
        ...

    def close(self) -> None:
        """Discard what has not been read. May be called at any time, and more than once."""
        ...


class Executor(Protocol):
    """Runs queries from outside; safe to use from several threads and event loops."""

    def inspect(self, text: str) -> QueryInfo:
        """What the guard knows of the text. Raises QueryRefusedError or OverloadedError."""
        ...

    async def ainspect(self, text: str, *, client: str = "") -> QueryInfo:
        """``inspect`` for an event loop, which it never blocks; ``client`` as in ``Query``."""
        ...

    def run(self, request: Request) -> Result:
        """The result, once its first bytes are there.

        Raises QueryRefusedError, QueryLimitError, OverloadedError or StoreError; for a call, what its procedure raises.
        """
        ...

    async def arun(self, request: Request) -> Result:
        """``run`` for an event loop; cancelling it stops the request, whether it waits or runs."""
        ...

    def ingest(self, call: Call) -> Result:
        """The result of a procedure that prepares a write, over exactly the current state of the graph.

        For one writer at a time, which holds the write lock until its change is committed and ``refresh`` has
        returned. Its limits are those of ingest. Raises as ``run`` does.
        """
        ...

    def query(self, text: str) -> QueryResult:
        """The complete result as terms: an executor is a ``kg.store.interface.Queryable``."""
        ...

    def refresh(self, change: Change, version: str) -> None:
        """To be called after every commit, in order of the commits: each query that starts later sees the commit.

        ``version`` is that of the data after it.
        """
        ...

    def reload(self) -> None:
        """The same after a commit that is too large for memory: queries run over copies that are made anew."""
        ...

    def close(self) -> None:
        """End all processes; running queries fail."""
        ...
