"""Answers of GraphQL over HTTP: which media type and which status an outcome is sent with.

The audits of the npm package graphql-http decide where they differ from the draft: 400 for what is not executed, and
200 with ``application/json``, which clients of old take for "it is in the errors".
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.errors import problem_type_of
from api.http import conneg
from api.http.conneg import Format, NotAcceptable
from kg.errors import ConflictKgError, OverloadedError
from kg.graphql.execute import GraphQLResult
from kg.graphql.request import errors

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
_FORMATS = (Format(JSON, ("json",)), Format(RESPONSE, ("graphql",)))
PARTIAL = 294
"""What the draft of August 2026 recommends for data together with errors."""


def select_media_type(request: Request) -> str:
    """What the client gets. Raises NotAcceptable."""
    return conneg.select_media_type(_FORMATS, request.headers.get("accept", ""))


def create_response(outcome: GraphQLResult, chosen: str, *, partial_status: int) -> Response:
    """The answer to a request."""
    status = _status(outcome, chosen, partial_status)
    return create_json_response(outcome.formatted, chosen, status, _headers(outcome))


def create_error_response(
    message: str, code: str, chosen: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """A failure before there is an outcome."""
    return create_json_response(
        {"errors": [{"message": message, "extensions": {"code": code}}]}, chosen, status, headers
    )


def create_json_response(content: Any, chosen: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The content as JSON in UTF-8."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    found = {"Vary": "Accept", "Content-Type": f"{chosen}; charset=utf-8", **(headers or {})}
    return Response(body, status, found)


def create_not_acceptable_response(error: NotAcceptable) -> Response:
    """That nothing the client takes exists."""
    return create_error_response(str(error), "NOT_ACCEPTABLE", JSON, HTTPStatus.NOT_ACCEPTABLE)


def _status(outcome: GraphQLResult, chosen: str, partial_status: int) -> int:
    if not outcome.errors:
        return HTTPStatus.OK
    if outcome.is_executed and outcome.data is not None:
        return partial_status if chosen == RESPONSE else HTTPStatus.OK
    codes = {(each.extensions or {}).get("code") for each in outcome.errors}
    if "METHOD_NOT_ALLOWED" in codes:
        return HTTPStatus.METHOD_NOT_ALLOWED
    if errors.INTERNAL in codes:
        return HTTPStatus.INTERNAL_SERVER_ERROR
    if chosen == JSON and not outcome.is_executed:
        return HTTPStatus.OK
    return _of_failed(outcome) if outcome.is_executed else HTTPStatus.BAD_REQUEST


def _of_failed(outcome: GraphQLResult) -> int:
    for each in outcome.errors:
        if isinstance(each.original_error, ConflictKgError):
            return problem_type_of(each.original_error).status
        code = (each.extensions or {}).get("code")
        if code in (errors.INTERNAL, "DATA_DOES_NOT_CONFORM"):
            return HTTPStatus.INTERNAL_SERVER_ERROR
        if code == errors.TOO_LATE:
            return HTTPStatus.GATEWAY_TIMEOUT
    return HTTPStatus.BAD_REQUEST


def _headers(outcome: GraphQLResult) -> dict[str, str]:
    for each in outcome.errors:
        if isinstance(each.original_error, OverloadedError):
            return {"Retry-After": str(each.original_error.retry_after)}
        if (each.extensions or {}).get("code") == "METHOD_NOT_ALLOWED":
            return {"Allow": "POST"}
    return {}
