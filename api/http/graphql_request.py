"""Parses GraphQL requests over HTTP (https://graphql.github.io/graphql-over-http/draft/): query string or JSON body.

Owns the parameters and the errors of malformed requests; what a request means is for ``kg.graphql``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

JSON = "application/json"
BODY_MAX_BYTES = 1_000_000


class GraphQLRequestError(Exception):
    """Not a request of GraphQL over HTTP; the message is for the client."""

    def __init__(self, message: str, code: str = "BAD_REQUEST", status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        self.message, self.code, self.status = message, code, status
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class GraphQLParameters:
    """The parameters of a request; without ``query``, a persisted document is named."""

    query: str
    document_id: str
    operation_name: str | None
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]

    @property
    def persisted_hash(self) -> str:
        """The SHA-256 of the document (automatic persisted queries); empty without one."""
        persisted = self.extensions.get("persistedQuery")
        sha256 = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        return sha256.lower() if isinstance(sha256, str) else ""

    @property
    def explain(self) -> bool:
        """Whether to report the SPARQL of the request."""
        return self.extensions.get("explain") is True


async def parse_graphql_request(request: Request) -> GraphQLParameters:
    """The parameters. Raises GraphQLRequestError, with what to send instead, or ClientDisconnect."""
    if request.method == "POST":
        return _build(_parse_object(await _read_body(request)))
    return _build(_parse_query_string(request))


def has_no_operation(request: Request) -> bool:
    """Whether a GET selects no document, as when a browser opens the address."""
    return not any(request.query_params.get(name) for name in ("query", "documentId", "extensions"))


def _parse_query_string(request: Request) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in parameters:
            raise GraphQLRequestError(f"The parameter {name} is given more than once.")
        parameters[name] = value
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, None):
            parameters[name] = _parse_json(text, f"The parameter {name}")
    if not parameters.get("operationName"):
        parameters.pop("operationName", None)
    return parameters


async def _read_body(request: Request) -> bytes:
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if content_type.strip().lower() != JSON or charset not in ("", "charset=utf-8"):
        message = f"Send {JSON}, in UTF-8."
        raise GraphQLRequestError(message, "UNSUPPORTED_MEDIA_TYPE", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            message = f"The request is larger than {BODY_MAX_BYTES:,} bytes."
            raise GraphQLRequestError(message, "REQUEST_TOO_LARGE", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise GraphQLRequestError("The body is not UTF-8.") from None
    content = _parse_json(text, "The body")
    if isinstance(content, list):
        message = "Batched requests are not supported; send one request at a time."
        raise GraphQLRequestError(message, "BATCHING_NOT_SUPPORTED")
    if not isinstance(content, dict):
        raise GraphQLRequestError('The body is not an object such as {"query": "{ zones { nodes { id } } }"}.')
    return content


def _parse_json(text: str, subject: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise GraphQLRequestError(f"{subject} is not JSON.", "BAD_JSON") from None


def _build(content: Mapping[str, Any]) -> GraphQLParameters:
    query, document_id = (_get_string(content, name) for name in ("query", "documentId"))
    operation_name = _get_string(content, "operationName") or None
    variables, extensions = (_get_object(content, name) for name in ("variables", "extensions"))
    parameters = GraphQLParameters(query, document_id, operation_name, variables, extensions)
    if not query and not document_id and not parameters.persisted_hash:
        raise GraphQLRequestError("The request has no query.")
    return parameters


def _get_string(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise GraphQLRequestError(f"{name} is not a string.")
    return value


def _get_object(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise GraphQLRequestError(f"{name} is not an object.")
    return value
