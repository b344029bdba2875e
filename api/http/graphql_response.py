"""GraphQL responses over HTTP (https://graphql.github.io/graphql-over-http/draft/): media types and statuses.

Where the audits of the npm package graphql-http differ from the draft, the audits decide: 400 for a request that is not
executed, and 200 under ``application/json``, as older clients expect. What the response says is computed in a worker
(``kg.graphql.procedure``); only a request that no worker answered is answered from here.
"""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from api.errors import TABLE, problem_type_of
from api.http import conneg
from api.http.conneg import Format, NotAcceptableError
from api.http.etag import version_headers
from api.http.sparql_response import StreamedResult
from kg.errors import ConflictKgError, OverloadedError
from kg.execution.interface import Result
from kg.graphql.interface import Outcome, Stage
from kg.graphql.request import error_codes

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
_FORMATS = (Format(JSON, ("json",)), Format(RESPONSE, ("graphql",)))
_STATUSES: Mapping[str, HTTPStatus] = {
    **{error_codes.domain_error_code(error): type_.status for error, type_ in TABLE.items()},
    error_codes.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    error_codes.NONCONFORMING: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""By code, of errors that leave a response without data; 400 for any other."""


def select_media_type(request: Request) -> str:
    """The media type to send. Raises NotAcceptableError."""
    return conneg.select_media_type(_FORMATS, request.headers.get("accept", ""))


def create_response(result: Result, outcome: Outcome, media_type: str, *, partial_status: int) -> Response:
    """The response that a worker computed; ``partial_status`` is that of data together with errors."""
    status = select_status(outcome, media_type, partial_status)
    headers = _headers(media_type, retry_after=outcome.retry_after) | version_headers(result.version)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = "POST"
    if result.body is not None:
        return Response(result.body, status, headers)
    response = StreamedResult(result, aiter(result), media_type, headers)
    response.status_code = status
    return response


def create_error_response(message: str, code: str, media_type: str, status: int) -> Response:
    """The response to a request that was not executed."""
    content = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(_encode(content), status, _headers(media_type))


def create_failure_response(error: ConflictKgError, media_type: str) -> Response:
    """The response to a request that was stopped, or that no worker could execute."""
    code, message = error_codes.domain_error_code(type(error)), error_codes.domain_error_message(error)
    content = {"errors": [{"message": message, "extensions": {"code": code}}], "data": None}
    retry_after = error.retry_after if isinstance(error, OverloadedError) else None
    return Response(_encode(content), problem_type_of(error).status, _headers(media_type, retry_after=retry_after))


def create_internal_error_response(media_type: str) -> Response:
    """The response after a bug of the server, of which nothing is shown."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return create_error_response(error_codes.INTERNAL_MESSAGE, error_codes.INTERNAL, media_type, status)


def create_not_acceptable_response(error: NotAcceptableError) -> Response:
    """406, as JSON."""
    return create_error_response(str(error), "NOT_ACCEPTABLE", JSON, HTTPStatus.NOT_ACCEPTABLE)


def select_status(outcome: Outcome, media_type: str, partial_status: int) -> int:
    """The status of a response that a worker computed."""
    if outcome.stage is Stage.MALFORMED:
        return HTTPStatus.BAD_REQUEST
    if outcome.stage is Stage.UNKNOWN_DOCUMENT:
        return HTTPStatus.OK if media_type == JSON else HTTPStatus.NOT_FOUND
    if not outcome.codes:
        return HTTPStatus.OK
    if outcome.has_data:
        return partial_status if media_type == RESPONSE else HTTPStatus.OK
    if error_codes.NOT_BY_GET in outcome.codes:
        return HTTPStatus.METHOD_NOT_ALLOWED
    if error_codes.INTERNAL in outcome.codes:
        return HTTPStatus.INTERNAL_SERVER_ERROR
    if outcome.stage is Stage.REFUSED:
        return HTTPStatus.OK if media_type == JSON else HTTPStatus.BAD_REQUEST
    return next(_known_statuses(outcome), HTTPStatus.BAD_REQUEST)


def _known_statuses(outcome: Outcome) -> Iterator[HTTPStatus]:
    return (_STATUSES[code] for code in outcome.codes if code in _STATUSES)


def _encode(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(media_type: str, *, retry_after: int | None = None) -> dict[str, str]:
    headers = {"Vary": "Accept", "Content-Type": f"{media_type}; charset=utf-8"}
    return headers if retry_after is None else {**headers, "Retry-After": str(retry_after)}
