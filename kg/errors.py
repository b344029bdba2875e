"""The errors of this project, one small family. Facts are attributes; words are only in the message.

ConflictKgError
    InputRejectedError          the input does not conform; carries findings, nothing was changed
    UnknownNameError            a question, parameter, resource or graph that does not exist
    WithdrawnError              a resource or graph that a commit has withdrawn
    RestrictedError             a resource or graph that may not be published
    BadParameterError           a parameter value that cannot be used
    QueryRefusedError           a query that is not run
        QuerySyntaxError        it does not parse; line and column
        QueryTooLongError       longer than the limit
        QueryTooNestedError     nested deeper than the limit
        QueryForbiddenError     it uses a feature that is not offered (SERVICE, LOAD, an update)
    GraphSyntaxError            RDF that does not parse; line and column
    UnsupportedMediaTypeError   a document in a syntax that is not read here
    UpdateConflictError         an update that the current data does not permit
    AccessDeniedError           a write that this client may not make
        InvalidTokenError       without a token, or with one that is not valid
        InsufficientScopeError  with a token that is not for this operation or this graph
        RateLimitError          too many writes, or too many tokens that are not valid
    NotRepresentableError       a result that the requested format cannot represent
    QueryLimitError             a query that was stopped
        QueryDeadlineError      by its time limit
        QueryMemoryError        by its memory limit
    IngestLimitError            a write that was stopped while it was prepared
        ChangeTooLargeError     because it changes more quads than one request may
    BackupError                 a backup that cannot be made or restored
    UnsupportedShapesError      shapes with a construct that changes cannot be validated by
    OverloadedError             too many queries are waiting; try again
    StoreError                  the store cannot be read or written
        ServiceClosingError     because the service is being stopped
        StoreLockedError        another process has the data directory open
        StoreFullError          no space left on the device
        BaseIriMismatchError    its data is under another base IRI
        StoreFormatError        another version of this program wrote it
        TokenFileError          the file of access tokens cannot be read or written
        StoreInDoubtError       a change is recorded and not made yet
        JournalCorruptError     the journal is not what was written to it
        HistoryRedactedError    rows of an earlier version were redacted
        StoreUnreachableError   a remote engine does not answer, or answers wrongly

No status code of any protocol appears here: ``api.errors`` holds that table. The docstrings are shown at ``/problems``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from pathlib import Path


class Severity(StrEnum):
    """The severity of a finding, named as in SHACL (section 2.1.4)."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A location in a document; ``line`` and ``column`` count from 1, and are None if unknown."""

    document: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.document, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not conform: what, where, about which resource, and how to correct it."""

    message: str
    cure: str = ""
    location: SourceLocation | None = None
    subject: str = ""
    """IRI (or slug, before IRIs are known) of the resource that does not conform."""
    rule: str = ""
    """IRI of the shape, or short name of the rule, that it violates."""
    path: str = ""
    value: str = ""
    severity: Severity = Severity.VIOLATION
    component: str = field(default="", compare=False)
    """Of a finding of a shape, the IRI of the constraint component (SHACL, section 3.6.2)."""

    def __str__(self) -> str:
        location = f"{self.location}: " if self.location else ""
        subject = f"{self.subject.rpartition('/id/')[2]}: " if self.subject else ""
        cure = f". {self.cure}" if self.cure else ""
        return f"{location}{self.severity.lower()}: {subject}{self.message}{cure}"


class ConflictKgError(Exception):
    """An expected failure: of the input, of a limit, or of the store. Any other exception is a bug."""


class InputRejectedError(ConflictKgError):
    """The input does not conform; nothing was changed. ``findings`` lists what is wrong and how to correct it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class UnknownNameError(ConflictKgError):
    """There is no ``name`` of the given ``kind``; ``known`` lists similar names, or all if they are few."""

    def __init__(self, kind: str, name: str, known: Sequence[str] = ()) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        known = f"; there is: {', '.join(self.known)}" if self.known else ""
        super().__init__(f"no {kind} called {name!r}{known}")


class WithdrawnError(ConflictKgError):
    """There was a ``name`` of the given ``kind``, and a commit has withdrawn it, in that version of the data."""

    def __init__(self, kind: str, name: str, version: str, time: str) -> None:
        self.kind, self.name, self.withdrawn_in, self.withdrawn_at = kind, name, version, time
        super().__init__(f"the {kind} {name!r} was withdrawn at {time}, in version {version} of the data")


class RestrictedError(ConflictKgError):
    """The ``name`` of the given ``kind`` is in a home graph that is restricted, and this server does not publish it."""

    def __init__(self, kind: str, name: str, note: str = "") -> None:
        self.kind, self.name = kind, name
        super().__init__(
            f"{note}the {kind} {name!r} is of a data set whose terms do not allow to publish it; an operator whom its"
            " maker has allowed to may set KG_PUBLISH_RESTRICTED"
        )


class BadParameterError(ConflictKgError):
    """The value of parameter ``name`` cannot be used; ``reason`` says why, and which values can."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"parameter {name!r}: {reason}")


class QueryRefusedError(ConflictKgError):
    """The query is not run; the detail says why."""


class QuerySyntaxError(QueryRefusedError):
    """The query does not parse; ``line`` and ``column`` count from 1, if the engine reports them."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        location = f"line {line}, column {column}: " if line else ""
        super().__init__(f"{location}{reason}")


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
    """The query uses a ``feature`` that is not offered, such as SERVICE."""

    def __init__(self, feature: str, reason: str) -> None:
        self.feature = feature
        super().__init__(f"{feature}: {reason}")


class GraphSyntaxError(ConflictKgError):
    """The RDF in the request does not parse; ``line`` and ``column`` count from 1, if the parser reports them."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(reason)


class UnsupportedMediaTypeError(ConflictKgError):
    """The media type of the document is none that is read here; ``accepted`` lists those that are."""

    def __init__(self, what: str, accepted: Sequence[str]) -> None:
        self.accepted = tuple(accepted)
        super().__init__(f"{what} is sent as one of {', '.join(self.accepted)}")


class UpdateConflictError(ConflictKgError):
    """The update needs a graph that does not exist, or creates one that does; nothing was changed."""


class PreconditionFailedError(ConflictKgError):
    """The graph is not as the precondition of the write says; read it again, and make the change to what it is now."""

    def __init__(self, graph: str, reason: str) -> None:
        self.graph = graph
        super().__init__(f"the precondition does not hold for {graph}: {reason}; nothing was changed")


class PreconditionRequiredError(ConflictKgError):
    """The graph exists, and is replaced, changed or deleted only by a client that says which version it has seen."""

    def __init__(self, graph: str) -> None:
        self.graph = graph
        super().__init__(
            f"{graph} exists: send If-Match with the ETag of the version that you have read, or If-Match: * to write"
            " whatever is there; nothing was changed"
        )


class AccessReason(StrEnum):
    """Why a client may not write, as the log names it."""

    NO_TOKEN = "no-token"
    UNKNOWN = "unknown-token"
    EXPIRED = "expired-token"
    REVOKED = "revoked-token"
    OPERATION = "operation-outside-scope"
    GRAPH = "graph-outside-scope"
    OWNER = "owner-only"
    WRITES = "too-many-writes"
    FAILURES = "too-many-failures"


class AccessDeniedError(ConflictKgError):
    """This client may not make this write; nothing was changed."""

    def __init__(self, reason: AccessReason, message: str, token: str = "", token_id: str = "") -> None:
        self.reason, self.token, self.token_id = reason, token, token_id
        super().__init__(message)


class InvalidTokenError(AccessDeniedError):
    """The request has no token, or one that is not known, has expired or was revoked."""


class InsufficientScopeError(AccessDeniedError):
    """The token is not for this ``operation``, or not for these ``graphs``; nothing was changed."""

    def __init__(self, reason: AccessReason, message: str, operation: str, graphs: Sequence[str] = ()) -> None:
        self.operation, self.graphs = operation, tuple(graphs)
        super().__init__(reason, message)


class RateLimitError(AccessDeniedError):
    """Too much in a short time; send it again after ``retry_after`` seconds. Nothing was changed."""

    def __init__(self, reason: AccessReason, what: str, wait_s: float, token: str = "", token_id: str = "") -> None:
        self.retry_after = max(1, ceil(wait_s))
        super().__init__(reason, f"too many {what}; try again in {self.retry_after} s", token, token_id)


class NotRepresentableError(ConflictKgError):
    """The result cannot be represented in the requested format; ``available`` lists the media types that can."""

    def __init__(self, reason: str, available: Sequence[str]) -> None:
        self.reason, self.available = reason, tuple(available)
        super().__init__(f"{reason}; available: {', '.join(self.available)}")


class QueryLimitError(ConflictKgError):
    """The query was stopped by a limit; do not use the partial result."""


class QueryDeadlineError(QueryLimitError):
    """The query ran longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"stopped after {seconds:g} seconds; narrow the query, or request a longer timeout")


class QueryMemoryError(QueryLimitError):
    """The query needed more memory than ``megabytes`` MB."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        super().__init__(f"stopped: the query needed more than {megabytes} MB; narrow it")


class IngestLimitError(ConflictKgError):
    """The write was stopped by a limit while it was prepared; nothing was changed."""


class IngestMemoryError(IngestLimitError):
    """The write was stopped because it needs more than ``megabytes`` of memory; nothing was changed."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        super().__init__(f"it needs more than {megabytes} MB to prepare; send less at a time. Nothing was changed")


class ChangeTooLargeError(IngestLimitError):
    """The write changes more than ``limit`` quads; nothing was changed."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"this changes more than {limit:,} quads, the limit of one request (KG_CHANGE_MAX_QUADS); nothing was"
            " changed. Split it, or load the data with kg load"
        )


class OverloadedError(ConflictKgError):
    """Too many queries are waiting; try again after ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many queries are waiting; try again in {retry_after} s")


class WritingStoppedError(ConflictKgError):
    """No change is accepted now, for a ``reason``; the graph can be read, and nothing was changed.

    With ``retry_after``, it may be sent again after so many seconds.
    """

    def __init__(self, reason: str, retry_after: int | None = None) -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(f"{reason}; nothing was changed")


class IndexNotReadyError(ConflictKgError):
    """The text index cannot be searched now; the message says why, and whether to try again."""


class UnsupportedShapesError(ConflictKgError):
    """The ``shape`` has a ``construct`` whose reads of the graph are not known, so no change could be validated."""

    def __init__(self, shape: str, construct: str) -> None:
        self.shape, self.construct = shape, construct
        super().__init__(
            f"the shape {shape} has {construct}, which validation of changes does not cover; express it otherwise"
        )


class StoreError(ConflictKgError):
    """The store cannot be read or written."""


class ServiceClosingError(StoreError):
    """The service is being stopped and runs nothing more; send the request again once it is back."""

    def __init__(self) -> None:
        super().__init__("the service is closing; try again later")


class StoreInDoubtError(StoreError):
    """The change may be made or will be, although this could not be awaited; look whether it is there."""


class JournalCorruptError(StoreError):
    """The journal is not what was written to it; ``kg check`` says where. Restore it from a backup."""


class BackupError(ConflictKgError):
    """The backup in ``directory`` cannot be made, or cannot be restored."""

    def __init__(self, directory: Path, reason: str) -> None:
        self.directory = directory
        super().__init__(f"{directory}: {reason}")


class HistoryRedactedError(StoreError):
    """The data of ``version`` cannot be restored, because rows of a commit before it were redacted."""

    def __init__(self, version: int, redacted_version: int, rows: int) -> None:
        self.version = version
        super().__init__(
            f"version {version} cannot be restored: {rows} rows of version {redacted_version} were redacted"
        )


class StoreLockedError(StoreError):
    """Another process has ``directory`` open, and no server answers for it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        super().__init__(
            f"{directory} is in use by another process; stop that process, or name another directory with --data-dir"
        )


class StoreFullError(StoreError):
    """No space is left on the device of ``directory``; nothing was changed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        super().__init__(
            f"no space left on the device of {directory}; nothing was changed. Free some space and try again"
        )


class StoreUnreachableError(StoreError):
    """The engine at ``url`` does not answer, or not as the SPARQL 1.1 Protocol requires."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"the SPARQL engine at {url}: {reason}")


class BaseIriMismatchError(StoreError):
    """The data in ``location`` is under the base IRI ``recorded``, not ``given``; it would be found under neither."""

    def __init__(self, location: str, recorded: str, given: str) -> None:
        self.location, self.recorded, self.given = location, recorded, given
        super().__init__(
            f"the data in {location} is under the base IRI {recorded}, not {given};"
            f" set KG_BASE_IRI={recorded}, or name another store with --data-dir or --store"
        )


class StoreFormatError(StoreError):
    """The data directory ``location`` has a format that this version does not read."""

    def __init__(self, location: str, reason: str) -> None:
        self.location, self.reason = location, reason
        super().__init__(f"{location}: {reason}; use the version of conflict-kg that wrote it, or another --data-dir")


class TokenFileError(StoreError):
    """The file of access tokens cannot be read or written; until that is mended, none of its tokens is valid."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(
            f"{file}: {reason}. Restore it, or move it away and make new tokens with kg token make; until then none of"
            " its tokens is valid"
        )
