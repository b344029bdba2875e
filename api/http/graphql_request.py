"""Reads GraphQL requests over HTTP (https://graphql.github.io/graphql-over-http/draft/): query string or JSON body.

Owns the media type and the size of the body. Its bytes are parsed in a worker (``kg.graphql.procedure``), never here.
"""

from dataclasses import asdict
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.http.sparql_request import read_body
from kg.execution.interface import Call
from kg.graphql.interface import EXECUTE, Arguments, Encoding

JSON = "application/json"
BODY_MAX_BYTES = 1_000_000


class GraphQLRequestError(Exception):
    """A body that is not read; the message is for the client."""

    def __init__(self, message: str, code: str, status: HTTPStatus) -> None:
        self.message, self.code, self.status = message, code, status
        super().__init__(message)


async def read_request(request: Request) -> Call:
    """The call that executes it. Raises GraphQLRequestError, with what to send instead, or ClientDisconnect."""
    if request.method == "POST":
        return _create_call(await _read_body(request), Encoding.JSON, allow_mutation=True)
    return _create_call(request.scope["query_string"], Encoding.QUERY_STRING, allow_mutation=False)


def _create_call(content: bytes, encoding: Encoding, *, allow_mutation: bool) -> Call:
    arguments = Arguments(encoding=encoding, allow_mutation=allow_mutation)
    return Call(procedure=EXECUTE, arguments=asdict(arguments), content=content)


def has_no_operation(request: Request) -> bool:
    """Whether a GET selects no document, as when a browser opens the address."""
    return not any(request.query_params.get(name) for name in ("query", "documentId", "extensions"))


async def _read_body(request: Request) -> bytes:
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if content_type.strip().lower() != JSON or charset not in ("", "charset=utf-8"):
        message = f"Send {JSON}, in UTF-8."
        raise GraphQLRequestError(message, "UNSUPPORTED_MEDIA_TYPE", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        return await read_body(request, BODY_MAX_BYTES)
    except HTTPException as error:
        message = f"The request is larger than {BODY_MAX_BYTES:,} bytes."
        raise GraphQLRequestError(message, "REQUEST_TOO_LARGE", HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from error
