"""Failures as responses: ``application/problem+json`` (RFC 9457), or a page or plain text for clients that prefer it.

Owns the exception handlers of the app; which error has which status is the table of ``api.errors``.
"""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.errors import ProblemType, client_message, extension_members, is_private, problem_type_of
from api.http import conneg
from api.http.access_log import note_principal, note_refusal
from api.http.authorization import challenge_of
from api.http.conneg import NotAcceptableError
from api.http.html_response import html_headers
from api.http.public_address import public_path
from api.http.rejection_response import render_text, respond_in_rdf
from kg.errors import (
    AccessDeniedError,
    ConflictKgError,
    InputRejectedError,
    OverloadedError,
    RateLimitError,
    TokenFileError,
    UnsupportedMediaTypeError,
    WritingStoppedError,
)

_log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
_TEXT = "text/plain"
_CLIENT_CLOSED_REQUEST = 499
"""Not registered; nginx logs the same number."""


def problem_response(
    request: Request,
    problem_type: ProblemType,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The failure as problem+json or text; its slug becomes the outcome in the access log."""
    status = problem_type.status
    request.scope["outcome"] = problem_type.slug or status.phrase.lower().replace(" ", "-")
    headers = {"Vary": "Accept", "Cache-Control": "no-store", **(headers or {})}
    if conneg.prefers(_TEXT, request.headers.get("accept", ""), over=(PROBLEM_JSON, "application/json")):
        return Response(_encode(f"{problem_type.title}\n{detail}\n"), status, headers, media_type=_TEXT)
    body = {
        "type": public_path(request, f"/problems#{problem_type.slug}") if problem_type.slug else "about:blank",
        "title": problem_type.title,
        "status": int(status),
        "detail": detail,
        **(members or {}),
    }
    if _prefers_page(request):
        values = {"links": list_links(request.url.path, body), "available": body.get("available", ())}
        page = _renderer_of(request).render("error.html", problem=body, **values)
        return Response(page, status, html_headers() | headers, media_type="text/html")
    return Response(_encode(json.dumps(body, ensure_ascii=False)), status, headers, media_type=PROBLEM_JSON)


class ErrorRenderer(Protocol):
    """What fills in the template of an error page."""

    def render(self, template: str, *, section: str = "", **values: Any) -> bytes:
        """The page as bytes."""
        ...


def _prefers_page(request: Request) -> bool:
    """Whether the client is a browser, as a page asks, and has not asked for a format of data."""
    accept, format_ = request.headers.get("accept", ""), request.query_params.get("format", "html")
    return format_ == "html" and conneg.prefers_html(accept)


def _renderer_of(request: Request) -> ErrorRenderer:
    renderer: ErrorRenderer = request.app.state.conflict_kg.renderer
    return renderer


def list_links(path: str, problem: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The names that the problem lists as known, each with the path of the resource or home graph it may be."""
    section, _, rest = path.removeprefix("/.well-known").removeprefix("/").partition("/")
    prefixes = {"graph": "/graph/", "genid": "/.well-known/genid/", "questions": "/questions/"}
    if section in ("id", "page", "data") and problem.get("kind") == rest.partition("/")[0]:
        prefixes[section] = f"/id/{problem['kind']}/"
    prefix = prefixes.get(section, "")
    known = problem.get("known", ()) if prefix else ()
    # What a statement says is named with its speakers, in brackets.
    return [(name, prefix + quote(name.partition(" (")[0])) for name in known]


def _encode(text: str) -> bytes:
    """UTF-8; a lone surrogate of the request, which an escape in JSON may contain, stays an escape."""
    return text.encode(errors="backslashreplace")


def status_response(
    request: Request,
    status: HTTPStatus,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The same for a failure that the status names by itself (``about:blank``)."""
    return problem_response(request, ProblemType.of_status(status), detail, members, headers)


def answer_other_method(request: Request, allow: str) -> Response:
    """The answer to a method that an endpoint does not implement: 204 to OPTIONS, else 405; both with ``Allow``."""
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allow})
    return status_response(
        request, HTTPStatus.METHOD_NOT_ALLOWED, f"this address accepts {allow}", headers={"Allow": allow}
    )


def add_exception_handlers(app: FastAPI) -> None:
    """Answer every exception of the app with a problem."""
    app.add_exception_handler(ConflictKgError, _handle_kg_error)
    app.add_exception_handler(NotAcceptableError, _handle_not_acceptable)
    app.add_exception_handler(HTTPException, _handle_http_exception)
    app.add_exception_handler(ClientDisconnect, _handle_disconnect)
    app.add_exception_handler(RequestValidationError, _handle_validation_error)
    app.add_exception_handler(Exception, _handle_unexpected)


def _handle_kg_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ConflictKgError)
    problem_type = problem_type_of(error)
    detail = client_message(error)
    if isinstance(error, InputRejectedError):
        if (response := respond_in_rdf(request, error)) is not None:
            request.scope["outcome"] = problem_type.slug
            return response
        detail = "\n".join(map(render_text, error.findings))
    if problem_type.status >= HTTPStatus.INTERNAL_SERVER_ERROR and is_private(error):
        _log.error("%s", error)
    headers: dict[str, str] = {}
    if isinstance(error, (AccessDeniedError, TokenFileError)):
        headers |= _answer_refusal(request, error)
    if isinstance(error, (OverloadedError, RateLimitError, WritingStoppedError)) and error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, UnsupportedMediaTypeError):
        headers["Accept-Patch" if request.method == "PATCH" else "Accept"] = ", ".join(error.accepted)
    return problem_response(request, problem_type, detail, extension_members(error), headers)


def _answer_refusal(request: Request, error: AccessDeniedError | TokenFileError) -> dict[str, str]:
    """The challenge, if another token would help; notes the refusal for the audit."""
    if isinstance(error, TokenFileError):
        note_refusal(request.scope, problem_type_of(error).slug, ())
        return {}
    if error.token or error.token_id:
        note_principal(request.scope, error.token, error.token_id)
    note_refusal(request.scope, error.reason, getattr(error, "graphs", ()))
    challenge = challenge_of(error)
    return {"WWW-Authenticate": challenge} if challenge else {}


def _handle_not_acceptable(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAcceptableError)
    return status_response(request, HTTPStatus.NOT_ACCEPTABLE, str(error), {"available": list(error.available)})


def _handle_disconnect(request: Request, _: Exception) -> Response:
    request.scope["outcome"] = "left"
    return Response(status_code=_CLIENT_CLOSED_REQUEST)


def _handle_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND and error.detail == status.phrase:
        error.detail = f"nothing is served at {request.url.path}"
    return status_response(request, status, error.detail, headers=error.headers)


def _handle_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [{"where": list(fault["loc"]), "message": fault["msg"]} for fault in error.errors()]
    detail = "; ".join(f"{'.'.join(map(str, fault['where']))}: {fault['message']}" for fault in faults)
    return status_response(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, {"errors": faults})


def _handle_unexpected(request: Request, error: Exception) -> Response:
    request_id = request.scope.get("request_id", "")
    _log.error("request %s: %s %s failed", request_id, request.method, request.url.path, exc_info=error)
    detail = f"Internal error; logged under request id {request_id}"
    return status_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
