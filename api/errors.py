"""The one table from errors of ``kg`` to HTTP problem types (RFC 9457), and what of an error a client may read.

An error outside the table is a bug of the server: ``api.http.problem`` answers 500 and logs it. Knows no request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from kg import errors


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A problem type (RFC 9457, section 3.1.1): its status, its fragment on ``/problems`` and its title."""

    status: HTTPStatus
    slug: str
    """Empty for ``about:blank``: the status says it all (section 4.2.1)."""
    title: str

    @classmethod
    def of_status(cls, status: HTTPStatus) -> "ProblemType":
        """``about:blank`` with this status."""
        return cls(status, "", status.phrase)


_400, _503, _504 = HTTPStatus.BAD_REQUEST, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT

TABLE: Mapping[type[errors.ConflictKgError], ProblemType] = {
    errors.InputRejectedError: ProblemType(
        HTTPStatus.UNPROCESSABLE_ENTITY, "input-rejected", "The input does not conform"
    ),
    errors.UnknownNameError: ProblemType(HTTPStatus.NOT_FOUND, "unknown", "There is no such thing"),
    errors.WithdrawnError: ProblemType(HTTPStatus.GONE, "withdrawn", "It was withdrawn"),
    errors.RestrictedError: ProblemType(HTTPStatus.FORBIDDEN, "restricted", "It is not published"),
    errors.BadParameterError: ProblemType(_400, "bad-parameter", "A parameter cannot be used"),
    errors.QueryRefusedError: ProblemType(_400, "query-refused", "The query is not run"),
    errors.QuerySyntaxError: ProblemType(_400, "query-syntax", "The query does not parse"),
    errors.QueryTooLongError: ProblemType(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "query-too-long", "The query is too long"
    ),
    errors.QueryTooNestedError: ProblemType(_400, "query-too-nested", "The query is nested too deeply"),
    errors.QueryForbiddenError: ProblemType(HTTPStatus.FORBIDDEN, "query-forbidden", "This is not offered here"),
    errors.GraphSyntaxError: ProblemType(_400, "graph-syntax", "The RDF does not parse"),
    errors.UnsupportedMediaTypeError: ProblemType(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The syntax is not read here"
    ),
    errors.UpdateConflictError: ProblemType(
        HTTPStatus.CONFLICT, "update-conflict", "The data does not allow this update"
    ),
    errors.PreconditionFailedError: ProblemType(
        HTTPStatus.PRECONDITION_FAILED, "precondition-failed", "The graph is not as the client has seen it"
    ),
    errors.PreconditionRequiredError: ProblemType(
        HTTPStatus.PRECONDITION_REQUIRED, "precondition-required", "The write needs a precondition"
    ),
    errors.AccessDeniedError: ProblemType(HTTPStatus.FORBIDDEN, "access-denied", "This client may not write so"),
    errors.InvalidTokenError: ProblemType(
        HTTPStatus.UNAUTHORIZED, "invalid-token", "Writing needs a token that is valid"
    ),
    errors.InsufficientScopeError: ProblemType(
        HTTPStatus.FORBIDDEN, "insufficient-scope", "The token is not for this write"
    ),
    errors.RateLimitError: ProblemType(HTTPStatus.TOO_MANY_REQUESTS, "rate-limit", "Too much in a short time"),
    errors.NotRepresentableError: ProblemType(
        HTTPStatus.NOT_ACCEPTABLE, "not-representable", "The format cannot represent this result"
    ),
    errors.QueryLimitError: ProblemType(_504, "query-limit", "The query was stopped"),
    errors.QueryDeadlineError: ProblemType(_504, "query-deadline", "The query ran too long"),
    errors.QueryMemoryError: ProblemType(_504, "query-memory", "The query needed too much memory"),
    errors.IngestLimitError: ProblemType(
        HTTPStatus.UNPROCESSABLE_ENTITY, "ingest-limit", "The input needs too much time or memory"
    ),
    errors.IngestMemoryError: ProblemType(
        HTTPStatus.UNPROCESSABLE_ENTITY, "ingest-memory", "The input needs too much memory"
    ),
    errors.ChangeTooLargeError: ProblemType(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "change-too-large", "The change has too many quads"
    ),
    errors.UnsupportedShapesError: ProblemType(
        _503, "unsupported-shapes", "The shapes have what changes cannot be validated by"
    ),
    errors.IndexNotReadyError: ProblemType(_503, "index-not-ready", "There is no search now"),
    errors.OverloadedError: ProblemType(_503, "overloaded", "Too many queries are waiting"),
    errors.WritingStoppedError: ProblemType(_503, "writing-stopped", "No change is accepted now"),
    errors.StoreError: ProblemType(_503, "store-failure", "The graph cannot be reached"),
    errors.ServiceClosingError: ProblemType(_503, "closing", "The service is being stopped"),
    errors.StoreLockedError: ProblemType(_503, "store-locked", "The graph is held by another process"),
    errors.StoreFullError: ProblemType(HTTPStatus.INSUFFICIENT_STORAGE, "store-full", "No room is left for the graph"),
    errors.StoreInDoubtError: ProblemType(
        _503, "in-doubt", "The change may have been made, or will be; look whether it is there"
    ),
    errors.JournalCorruptError: ProblemType(_503, "journal-corrupt", "The journal of the graph is damaged"),
    errors.BackupError: ProblemType(HTTPStatus.CONFLICT, "backup", "The backup cannot be made"),
    errors.HistoryRedactedError: ProblemType(
        HTTPStatus.GONE, "history-redacted", "Rows of an earlier version were redacted"
    ),
    errors.BaseIriMismatchError: ProblemType(_503, "base-iri-mismatch", "The graph is under another base IRI"),
    errors.StoreFormatError: ProblemType(_503, "store-format", "The graph was written by another version"),
    errors.TokenFileError: ProblemType(_503, "token-file", "The access tokens cannot be read"),
    errors.StoreUnreachableError: ProblemType(
        HTTPStatus.BAD_GATEWAY, "store-unreachable", "The graph's engine does not answer"
    ),
}

_MEMBERS = {
    "line": "line",
    "column": "column",
    "limit": "limit",
    "seconds": "limit",
    "megabytes": "limit",
    "feature": "feature",
    "kind": "kind",
    "name": "name",
    "known": "known",
    "available": "available",
    "withdrawn_in": "version",
    "withdrawn_at": "time",
    "operation": "operation",
    "graphs": "graphs",
}
"""Attributes of errors, and the extension members they become."""


def problem_type_of(error: errors.ConflictKgError) -> ProblemType:
    """The row of the error's own class, or of its nearest ancestor that has one."""
    for ancestor in type(error).__mro__:
        if ancestor in TABLE:
            return TABLE[ancestor]
    return ProblemType.of_status(HTTPStatus.INTERNAL_SERVER_ERROR)


def is_private(error: errors.ConflictKgError) -> bool:
    """Whether the message may name paths or hosts of this machine: it goes to the log, the client gets the title."""
    return isinstance(error, errors.StoreError)


def client_message(error: errors.ConflictKgError) -> str:
    """What the client may read."""
    return problem_type_of(error).title if is_private(error) else str(error)


def extension_members(error: errors.ConflictKgError) -> dict[str, Any]:
    """The facts of the error as extension members (RFC 9457, section 3.2)."""
    if isinstance(error, errors.InputRejectedError):
        return {"findings": [finding_members(finding) for finding in error.findings]}
    members = {member: getattr(error, name) for name, member in _MEMBERS.items() if hasattr(error, name)}
    return {member: value for member, value in members.items() if value not in (None, ())}


def finding_members(finding: errors.Finding) -> dict[str, Any]:
    """A finding as a JSON object; ``document`` is the name that the client gave the document."""
    location = finding.location
    return {
        "message": finding.message,
        "cure": finding.cure,
        "severity": finding.severity.value,
        "document": location.document if location else "",
        "line": location.line if location else None,
        "column": location.column if location else None,
        "subject": finding.subject,
        "rule": finding.rule,
        "path": finding.path,
        "value": finding.value,
    }
