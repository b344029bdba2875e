"""The one table from what can go wrong to what HTTP says; RFC 9457 problems, or plain text when text is asked for.

Everything outside the family of ``kg.errors`` is our own fault: a plain 500, logged, nothing leaked.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.http import conneg
from api.http.disconnect import ClientDisconnected
from kg import errors

_log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
_TEXT = "text/plain"
_CLIENT_LEFT = 499
"""Nobody reads this; logs of other servers use the same number."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    """What HTTP says of one class of failure; without a slug, no more than the status says by itself."""

    status: HTTPStatus
    slug: str
    title: str


def blank_problem_type(status: HTTPStatus) -> ProblemType:
    """The answer whose type is about:blank (RFC 9457, section 4.2.1)."""
    return ProblemType(status, "", status.phrase)


TABLE: Mapping[type[errors.ConflictKgError], ProblemType] = {
    errors.InputRejectedError: ProblemType(
        HTTPStatus.UNPROCESSABLE_ENTITY, "input-rejected", "The input does not conform"
    ),
    errors.UnknownNameError: ProblemType(HTTPStatus.NOT_FOUND, "unknown", "There is no such thing"),
    errors.BadParameterError: ProblemType(HTTPStatus.BAD_REQUEST, "bad-parameter", "A parameter cannot be used"),
    errors.QueryRefusedError: ProblemType(HTTPStatus.BAD_REQUEST, "query-refused", "The query is not run"),
    errors.QuerySyntaxError: ProblemType(HTTPStatus.BAD_REQUEST, "query-syntax", "The query does not parse"),
    errors.QueryTooLongError: ProblemType(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "query-too-long", "The query is too long"
    ),
    errors.QueryTooNestedError: ProblemType(
        HTTPStatus.BAD_REQUEST, "query-too-nested", "The query is nested too deeply"
    ),
    errors.QueryForbiddenError: ProblemType(HTTPStatus.FORBIDDEN, "query-forbidden", "This is not offered here"),
    errors.GraphSyntaxError: ProblemType(HTTPStatus.BAD_REQUEST, "graph-syntax", "The RDF does not parse"),
    errors.UpdateConflictError: ProblemType(
        HTTPStatus.CONFLICT, "update-conflict", "The data does not allow this update"
    ),
    errors.QueryLimitError: ProblemType(HTTPStatus.GATEWAY_TIMEOUT, "query-limit", "The query was stopped"),
    errors.QueryDeadlineError: ProblemType(HTTPStatus.GATEWAY_TIMEOUT, "query-deadline", "The query ran too long"),
    errors.QueryMemoryError: ProblemType(
        HTTPStatus.GATEWAY_TIMEOUT, "query-memory", "The query needed too much memory"
    ),
    errors.OverloadedError: ProblemType(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", "Too many queries are waiting"),
    errors.StoreError: ProblemType(HTTPStatus.SERVICE_UNAVAILABLE, "store-failure", "The graph cannot be reached"),
    errors.StoreLockedError: ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE, "store-locked", "The graph is held by another process"
    ),
    errors.StoreFullError: ProblemType(HTTPStatus.INSUFFICIENT_STORAGE, "store-full", "No room is left for the graph"),
    errors.StoreUnreachableError: ProblemType(
        HTTPStatus.BAD_GATEWAY, "store-unreachable", "The graph's engine does not answer"
    ),
}

# Where the message of an error names the machine we run on, the client gets the title alone.
_PRIVATE = (errors.StoreError,)

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
}


def problem_type_of(error: errors.ConflictKgError) -> ProblemType:
    """The row of the table for the error's own class, or its nearest ancestor."""
    for ancestor in type(error).__mro__:
        if ancestor in TABLE:
            return TABLE[ancestor]
    return blank_problem_type(HTTPStatus.INTERNAL_SERVER_ERROR)


def client_message(error: errors.ConflictKgError) -> str:
    """What the client may read."""
    return problem_type_of(error).title if isinstance(error, _PRIVATE) else str(error)


def extension_members(error: errors.ConflictKgError) -> dict[str, Any]:
    """The facts of the error, as extension members of a problem (RFC 9457, section 3.2)."""
    if isinstance(error, errors.InputRejectedError):
        return {"findings": [finding_members(finding) for finding in error.findings]}
    present = {member: getattr(error, name, None) for name, member in _MEMBERS.items() if hasattr(error, name)}
    return {member: value for member, value in present.items() if value not in (None, ())}


def finding_members(finding: errors.Finding) -> dict[str, Any]:
    """A finding as an extension member; the document is named as the client named it."""
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


def problem_response(
    request: Request,
    answer: ProblemType,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The failure as problem+json, or as text where the client prefers text; the log gets its short name."""
    request.scope["outcome"] = answer.slug or answer.status.phrase.lower().replace(" ", "-")
    headers = {"Vary": "Accept", "Cache-Control": "no-store", **(headers or {})}
    if conneg.prefers(_TEXT, request.headers.get("accept", ""), over=(PROBLEM, "application/json")):
        return Response(f"{answer.title}\n{detail}\n", answer.status, headers, media_type=_TEXT)
    body = {
        "type": f"{_root(request)}problems#{answer.slug}" if answer.slug else "about:blank",
        "title": answer.title,
        "status": int(answer.status),
        "detail": detail,
        **(members or {}),
    }
    return Response(json.dumps(body, ensure_ascii=False), answer.status, headers, media_type=PROBLEM)


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/") + "/"


def install(app: FastAPI) -> None:
    """Make every failure of the app speak so."""
    app.add_exception_handler(errors.ConflictKgError, _of_ours)
    app.add_exception_handler(conneg.NotAcceptable, _not_acceptable)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(ClientDisconnected, _to_nobody)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(Exception, _of_nobody)


def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.ConflictKgError)
    answer = problem_type_of(error)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and isinstance(error, _PRIVATE):
        _log.error("%s", error)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, errors.OverloadedError) else {}
    return problem_response(request, answer, client_message(error), extension_members(error), headers)


def _not_acceptable(request: Request, error: Exception) -> Response:
    assert isinstance(error, conneg.NotAcceptable)
    return problem_response(
        request, blank_problem_type(HTTPStatus.NOT_ACCEPTABLE), str(error), {"available": list(error.available)}
    )


def _to_nobody(request: Request, error: Exception) -> Response:
    request.scope["outcome"] = "left"
    return Response(status_code=_CLIENT_LEFT)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND and error.detail == status.phrase:
        error.detail = f"nothing is served at {request.url.path}"
    return problem_response(request, blank_problem_type(status), error.detail, headers=error.headers)


def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults: Sequence[Any] = error.errors()
    described = [{"where": list(fault["loc"]), "message": fault["msg"]} for fault in faults]
    detail = "; ".join(f"{'.'.join(map(str, fault['where']))}: {fault['message']}" for fault in described)
    return problem_response(request, blank_problem_type(HTTPStatus.UNPROCESSABLE_ENTITY), detail, {"errors": described})


def _of_nobody(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    answer = blank_problem_type(HTTPStatus.INTERNAL_SERVER_ERROR)
    return problem_response(request, answer, "this is our fault and has been logged")
