"""GraphQL responses over HTTP (https://graphql.github.io/graphql-over-http/draft/): media types and statuses.

Where the audits of the npm package graphql-http differ from the draft, the audits decide: 400 for a request that is not
executed, and 200 under ``application/json``, as older clients expect.
"""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.errors import problem_type_of
from api.http import conneg
from api.http.conneg import Format, NotAcceptableError
from kg.errors import ConflictKgError, OverloadedError
from kg.graphql.execute import GraphQLResult
from kg.graphql.request import errors

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
_FORMATS = (Format(JSON, ("json",)), Format(RESPONSE, ("graphql",)))
_METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"


def select_media_type(request: Request) -> str:
    """The media type to send. Raises NotAcceptableError."""
    return conneg.select_media_type(_FORMATS, request.headers.get("accept", ""))


def create_response(result: GraphQLResult, media_type: str, *, partial_status: int) -> Response:
    """The response with this result; ``partial_status`` is that of data together with errors."""
    status = _select_status(result, media_type, partial_status)
    return _json_response(result.formatted, media_type, status, _headers(result))


def create_error_response(message: str, code: str, media_type: str, status: int) -> Response:
    """The response to a request that was not executed."""
    return _json_response({"errors": [{"message": message, "extensions": {"code": code}}]}, media_type, status)


def create_not_acceptable_response(error: NotAcceptableError) -> Response:
    """406, as JSON."""
    return create_error_response(str(error), "NOT_ACCEPTABLE", JSON, HTTPStatus.NOT_ACCEPTABLE)


def _json_response(
    content: Mapping[str, Any], media_type: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    all_headers = {"Vary": "Accept", "Content-Type": f"{media_type}; charset=utf-8", **(headers or {})}
    return Response(body, status, all_headers)


def _select_status(result: GraphQLResult, media_type: str, partial_status: int) -> int:
    if not result.errors:
        return HTTPStatus.OK
    if result.is_executed and result.data is not None:
        return partial_status if media_type == RESPONSE else HTTPStatus.OK
    codes = set(_codes(result))
    if _METHOD_NOT_ALLOWED in codes:
        return HTTPStatus.METHOD_NOT_ALLOWED
    if errors.INTERNAL in codes:
        return HTTPStatus.INTERNAL_SERVER_ERROR
    if media_type == JSON and not result.is_executed:
        return HTTPStatus.OK
    return _execution_error_status(result) if result.is_executed else HTTPStatus.BAD_REQUEST


def _execution_error_status(result: GraphQLResult) -> int:
    """The status of a result without data: that of its first error."""
    for error, code in zip(result.errors, _codes(result), strict=True):
        if isinstance(error.original_error, ConflictKgError):
            return problem_type_of(error.original_error).status
        if code in (errors.INTERNAL, "DATA_DOES_NOT_CONFORM"):
            return HTTPStatus.INTERNAL_SERVER_ERROR
        if code == errors.TOO_LATE:
            return HTTPStatus.GATEWAY_TIMEOUT
    return HTTPStatus.BAD_REQUEST


def _headers(result: GraphQLResult) -> dict[str, str]:
    for error, code in zip(result.errors, _codes(result), strict=True):
        if isinstance(error.original_error, OverloadedError):
            return {"Retry-After": str(error.original_error.retry_after)}
        if code == _METHOD_NOT_ALLOWED:
            return {"Allow": "POST"}
    return {}


def _codes(result: GraphQLResult) -> Iterator[object]:
    """The code of each error."""
    return ((error.extensions or {}).get("code") for error in result.errors)
