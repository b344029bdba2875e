"""Requests of GraphQL over HTTP: what was asked, read from a query string or a body of JSON.

Owns the form of requests and its failures. What a request means is for ``kg.graphql``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

JSON = "application/json"
BODY_MAX_BYTES = 1_000_000


class MalformedGraphQLRequest(Exception):
    """A request that is none of GraphQL's; the message is for the client."""

    def __init__(self, message: str, code: str = "BAD_REQUEST", status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        self.message, self.code, self.status = message, code, status
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class GraphQLParameters:
    """A request as its parameters say; an empty ``query`` means that a stored document is named."""

    query: str
    document_id: str
    operation_name: str | None
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]

    @property
    def persisted_hash(self) -> str:
        """The SHA-256 by which the document is or is to be known; empty where none is given."""
        given = self.extensions.get("persistedQuery")
        found = given.get("sha256Hash") if isinstance(given, dict) else None
        return found.lower() if isinstance(found, str) else ""

    @property
    def explains(self) -> bool:
        return self.extensions.get("explain") is True


async def parse_graphql_request(request: Request) -> GraphQLParameters:
    """The request. Raises BadRequest, saying what to send."""
    if request.method == "POST":
        return _of(_object(await _body(request)))
    return _of(_from_query_string(request))


def has_no_operation(request: Request) -> bool:
    """Whether a GET has no question in it, as when a browser opens the address."""
    return not any(request.query_params.get(name) for name in ("query", "documentId", "extensions"))


def _from_query_string(request: Request) -> dict[str, Any]:
    pairs = request.query_params.multi_items()
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in given:
            raise MalformedGraphQLRequest(f"The parameter {name} is given more than once.")
        given[name] = value
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _parsed(given[name], f"The parameter {name}")
        else:
            given.pop(name, None)
    if not given.get("operationName"):
        given.pop("operationName", None)
    return given


async def _body(request: Request) -> bytes:
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if content_type.strip().lower() != JSON or charset not in ("", "charset=utf-8"):
        message = f"Send {JSON}, in UTF-8."
        raise MalformedGraphQLRequest(message, "UNSUPPORTED_MEDIA_TYPE", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            message = f"The request is larger than {BODY_MAX_BYTES:,} bytes."
            raise MalformedGraphQLRequest(message, "REQUEST_TOO_LARGE", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MalformedGraphQLRequest("The body is not UTF-8.") from None
    found = _parsed(text, "The body")
    if isinstance(found, list):
        raise MalformedGraphQLRequest(
            "Several requests in one are not taken; send them one by one.", "BATCHING_NOT_SUPPORTED"
        )
    if not isinstance(found, dict):
        raise MalformedGraphQLRequest('The body is not an object such as {"query": "{ zones { nodes { id } } }"}.')
    return found


def _parsed(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedGraphQLRequest(f"{what} is not JSON.", "BAD_JSON") from None


def _of(given: Mapping[str, Any]) -> GraphQLParameters:
    query, document_id = (_text(given, name) for name in ("query", "documentId"))
    name = _text(given, "operationName") or None
    variables, extensions = (_map(given, each) for each in ("variables", "extensions"))
    found = GraphQLParameters(query, document_id, name, variables, extensions)
    if not query and not document_id and not found.persisted_hash:
        raise MalformedGraphQLRequest("The request has no query.")
    return found


def _text(given: Mapping[str, Any], name: str) -> str:
    found = given.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise MalformedGraphQLRequest(f"{name} is not text.")
    return found


def _map(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = given.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MalformedGraphQLRequest(f"{name} is not an object.")
    return found
