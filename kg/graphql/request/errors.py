"""GraphQL errors and their codes (``extensions.code``). Domain errors keep their names, as in every other interface."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError, Node

from kg import errors
from kg.graphql.schema.inflection import constant_case

PARSE = "GRAPHQL_PARSE_FAILED"
VALIDATION = "GRAPHQL_VALIDATION_FAILED"
ATTRIBUTION = "ATTRIBUTION_REQUIRED"
OPERATION = "OPERATION_RESOLUTION_FAILURE"
BAD_INPUT = "BAD_USER_INPUT"
BAD_REQUEST = "BAD_REQUEST"
TOO_DEEP = "DEPTH_LIMIT_EXCEEDED"
TOO_MANY_ALIASES = "ALIAS_LIMIT_EXCEEDED"
TOO_MANY_TOKENS = "TOKEN_LIMIT_EXCEEDED"
TOO_MANY_DIRECTIVES = "DIRECTIVE_LIMIT_EXCEEDED"
TOO_MANY_CONDITIONS = "CONDITION_LIMIT_EXCEEDED"
TOO_COSTLY = "COST_LIMIT_EXCEEDED"
TOO_LARGE = "RESULT_LIMIT_EXCEEDED"
TOO_LATE = "TIME_LIMIT_EXCEEDED"
PAGE = "PAGE_LIMIT_EXCEEDED"
INTERNAL = "INTERNAL_SERVER_ERROR"
NOT_BY_GET = "METHOD_NOT_ALLOWED"

_CODES = {
    errors.ConflictKgError: "CONFLICT_KG_ERROR",
    errors.UnknownNameError: "UNKNOWN",
    errors.StoreError: "STORE_FAILURE",
}
_PRIVATE = (errors.StoreError,)


def graphql_error(
    message: str, code: str, nodes: Sequence[Node] | Node | None = None, **extensions: Any
) -> GraphQLError:
    """An error in what the client sent."""
    located = nodes if nodes is None or isinstance(nodes, Node) else list(nodes)
    return GraphQLError(message, located, extensions={"code": code, **extensions})


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """The same error with this code, unless it has one."""
    extensions = {"code": code, **(error.extensions or {})}
    return GraphQLError(
        error.message, error.nodes, error.source, error.positions, error.path, error.original_error, extensions
    )


def domain_error_code(error: type[errors.ConflictKgError]) -> str:
    """The published code of a domain error: the name of its class, but for those that were renamed since."""
    return _CODES.get(error) or constant_case(error.__name__.removesuffix("Error"))


def from_domain_error(error: errors.ConflictKgError, path: Sequence[str | int] = ()) -> GraphQLError:
    """A domain error; the message of one that names internal addresses is replaced."""
    message = "The graph cannot be reached." if isinstance(error, _PRIVATE) else str(error)
    code = TOO_LATE if isinstance(error, errors.QueryDeadlineError) else domain_error_code(type(error))
    return GraphQLError(message, path=list(path) or None, original_error=error, extensions={"code": code})


def internal_error(error: Exception, path: Sequence[str | int] = ()) -> GraphQLError:
    """An error of the server; nothing of it is shown to the client."""
    return GraphQLError(
        "Internal error; it has been logged.",
        path=list(path) or None,
        original_error=error,
        extensions={"code": INTERNAL},
    )


class RequestError(Exception):
    """A request that is not executed (GraphQL specification, section 7.1.1), with its errors."""

    def __init__(self, *errors: GraphQLError) -> None:
        self.errors = errors
        super().__init__("; ".join(error.message for error in errors))
