"""What can go wrong, as one small family; facts are attributes, words only in the message.

ConflictKgError
    InputRejectedError           what was given does not conform; carries findings, nothing was changed
    Unknown                 a question, parameter, resource or graph that is not there
    BadParameterError            a parameter of a question that cannot be read as its type
    QueryRefusedError            a query that is never run
        QuerySyntaxError         it does not parse; line and column
        QueryTooLongError        longer than the limit
        QueryTooNestedError      nested deeper than the limit
        QueryForbiddenError      asks for what is not offered here (SERVICE, LOAD, an update)
    GraphSyntaxError             RDF that does not parse; line and column
    UpdateConflictError          an update that the data as it stands does not allow
    QueryLimitError              a query that was stopped
        QueryDeadlineError       by time
        QueryMemoryError         by memory
    OverloadedError              too much is under way; try again
    StoreError            the graph at rest cannot be reached
        StoreLockedError         another process holds the data directory
        StoreFullError           no room left on the device
        StoreUnreachableError    a remote engine does not answer, or answers wrongly

No status code of any protocol appears here: ``api.errors`` holds that table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """How much a finding weighs, in SHACL's words (SHACL section 2.1.4)."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """Where in a document: ``line`` and ``column`` count from 1; None where it has no such place."""

    document: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.document, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what, where, in which statement, and what to do about it."""

    message: str
    cure: str = ""
    location: SourceLocation | None = None
    subject: str = ""
    """IRI (or slug, before IRIs are known) of the statement or resource at fault."""
    rule: str = ""
    """IRI of the shape, or short name of the check, that found it."""
    path: str = ""
    value: str = ""
    severity: Severity = Severity.VIOLATION

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        who = f"{self.subject.rpartition('/id/')[2]}: " if self.subject else ""
        cure = f". {self.cure}" if self.cure else ""
        return f"{where}{self.severity.lower()}: {who}{self.message}{cure}"


class ConflictKgError(Exception):
    """Anything this project says about what it was given or what it stands on; all else is a bug."""


class InputRejectedError(ConflictKgError):
    """The input does not conform; nothing was changed. ``findings`` is never empty."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class UnknownNameError(ConflictKgError):
    """``name``, of the given ``kind``, is not there; ``known`` lists what is, where that is short."""

    def __init__(self, kind: str, name: str, known: Sequence[str] = ()) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        there = f"; there is: {', '.join(self.known)}" if self.known else ""
        super().__init__(f"no {kind} called {name!r}{there}")


class BadParameterError(ConflictKgError):
    """The value given for parameter ``name`` cannot be used; ``reason`` says why and what can."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"parameter {name!r}: {reason}")


class QueryRefusedError(ConflictKgError):
    """The query is not run."""


class QuerySyntaxError(QueryRefusedError):
    """The query does not parse; ``line`` and ``column`` count from 1, where the engine tells them."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        where = f"line {line}, column {column}: " if line else ""
        super().__init__(f"{where}{reason}")


class QueryTooLongError(QueryRefusedError):
    """The query has more characters than ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the query is longer than {limit:,} characters")


class QueryTooNestedError(QueryRefusedError):
    """The query is nested deeper than ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the query is nested deeper than {limit} levels")


class QueryForbiddenError(QueryRefusedError):
    """The query asks for a ``feature`` that is not offered."""

    def __init__(self, feature: str, reason: str) -> None:
        self.feature = feature
        super().__init__(f"{feature}: {reason}")


class GraphSyntaxError(ConflictKgError):
    """A graph that was sent does not parse; ``line`` and ``column`` count from 1, where the parser tells them."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(reason)


class UpdateConflictError(ConflictKgError):
    """The update needs a graph that is not there, or makes one that is; nothing was changed."""


class QueryLimitError(ConflictKgError):
    """The query was stopped; nothing of its result is to be used."""


class QueryDeadlineError(QueryLimitError):
    """It ran longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"stopped after {seconds:g} seconds; narrow the query, or ask for a higher timeout")


class QueryMemoryError(QueryLimitError):
    """It needed more memory than ``megabytes``."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        super().__init__(f"stopped: the query needed more than {megabytes} MB; narrow it")


class OverloadedError(ConflictKgError):
    """Too many queries are waiting; try again after ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many queries are waiting; try again in {retry_after} s")


class StoreError(ConflictKgError):
    """The graph at rest cannot be reached or written."""


class StoreLockedError(StoreError):
    """Another process holds ``directory`` and offers no address to work through."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        super().__init__(
            f"{directory} is in use by another process; stop that process, or name another directory with --data-dir"
        )


class StoreFullError(StoreError):
    """No room is left for ``directory``; the graph is as it was before."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        super().__init__(f"no room left on the device of {directory}; nothing was changed. Free some room and repeat")


class StoreUnreachableError(StoreError):
    """The engine at ``url`` does not answer, or not as SPARQL 1.1 asks."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"the SPARQL engine at {url}: {reason}")
