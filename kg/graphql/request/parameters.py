"""The parameters of a request, from JSON or from a query string, and the errors of those that are malformed.

The names are those of GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/); what a request means is
for the other modules.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from kg.graphql.interface import Encoding
from kg.graphql.request import error_codes

_PARAMETERS_MAX = 100


class MalformedRequestError(Exception):
    """Not the parameters of a request; the message is for the client."""

    def __init__(self, message: str, code: str = error_codes.BAD_REQUEST) -> None:
        self.message, self.code = message, code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class RequestParameters:
    """The parameters; without ``query``, a stored document is named."""

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


def parse_parameters(content: bytes, encoding: Encoding) -> RequestParameters:
    """The parameters. Raises MalformedRequestError, with what to send instead."""
    return _build(_parse_object(content) if encoding is Encoding.JSON else _parse_query_string(content))


def _parse_query_string(content: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(content.decode(errors="replace"), keep_blank_values=True, max_num_fields=_PARAMETERS_MAX)
    except ValueError:
        raise MalformedRequestError(f"There are more than {_PARAMETERS_MAX} parameters.") from None
    parameters: dict[str, Any] = {}
    for name, value in pairs:
        if name in parameters:
            raise MalformedRequestError(f"The parameter {name} is given more than once.")
        parameters[name] = value
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, None):
            parameters[name] = _parse_json(text, f"The parameter {name}")
    if not parameters.get("operationName"):
        parameters.pop("operationName", None)
    return parameters


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedRequestError("The body is not UTF-8.") from None
    content = _parse_json(text, "The body")
    if isinstance(content, list):
        message = "Batched requests are not supported; send one request at a time."
        raise MalformedRequestError(message, error_codes.BATCH)
    if not isinstance(content, dict):
        raise MalformedRequestError('The body is not an object such as {"query": "{ zones { nodes { id } } }"}.')
    return content


def _parse_json(text: str, subject: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # the parser counts how deep it is
        raise MalformedRequestError(f"{subject} is not JSON.", error_codes.BAD_JSON) from None
    if "\\ud" in text.lower():
        _check_characters(value, subject)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity, which Python reads but JSON does not have


def _check_characters(value: Any, subject: str) -> None:
    """Raises MalformedRequestError for half of a surrogate pair, which is no character and cannot be written."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        message = f"{subject} has half of a surrogate pair, {half}; send whole characters."
        raise MalformedRequestError(message, error_codes.BAD_JSON) from None
    except RecursionError:
        raise MalformedRequestError(f"{subject} is nested too deeply.", error_codes.BAD_JSON) from None


def _build(content: Mapping[str, Any]) -> RequestParameters:
    query, document_id = (_get_string(content, name) for name in ("query", "documentId"))
    operation_name = _get_string(content, "operationName") or None
    variables, extensions = (_get_object(content, name) for name in ("variables", "extensions"))
    parameters = RequestParameters(query, document_id, operation_name, variables, extensions)
    if not query and not document_id and not parameters.persisted_hash:
        raise MalformedRequestError("The request has no query.")
    return parameters


def _get_string(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedRequestError(f"{name} is not a string.")
    return value


def _get_object(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedRequestError(f"{name} is not an object.")
    return value
