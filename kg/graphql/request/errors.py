"""GraphQL errors as graphql-core has them; their codes are those of ``error_codes``."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError, Node

from kg.errors import ConflictKgError
from kg.graphql.request import error_codes


def graphql_error(
    message: str, code: str, nodes: Sequence[Node] | Node | None = None, **extensions: Any
) -> GraphQLError:
    """An error in what the client sent."""
    located = nodes if nodes is None or isinstance(nodes, Node) else list(nodes)
    return GraphQLError(message, located, extensions={"code": code, **extensions})


def with_code(error: GraphQLError, code: str, cure: str = "") -> GraphQLError:
    """The same error with this code, unless it has one; its message ends in the cure."""
    message = f"{error.message} {cure}" if cure else error.message
    extensions = {"code": code, **(error.extensions or {})}
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, error.original_error, extensions
    )


def code_of(error: GraphQLError) -> str:
    """The code of an error; empty if it has none."""
    return str((error.extensions or {}).get("code", ""))


def from_domain_error(error: ConflictKgError, path: Sequence[str | int] = ()) -> GraphQLError:
    """A domain error; the message of one that names internal addresses is replaced."""
    return GraphQLError(
        error_codes.domain_error_message(error),
        path=list(path) or None,
        original_error=error,
        extensions={"code": error_codes.domain_error_code(type(error))},
    )


def internal_error(error: Exception, path: Sequence[str | int] = ()) -> GraphQLError:
    """An error of the server; nothing of it is shown to the client."""
    return GraphQLError(
        error_codes.INTERNAL_MESSAGE,
        path=list(path) or None,
        original_error=error,
        extensions={"code": error_codes.INTERNAL},
    )


class RequestError(Exception):
    """A request that is not executed (GraphQL specification, section 7.1.1), with its errors."""

    def __init__(self, *errors: GraphQLError) -> None:
        self.errors = errors
        super().__init__("; ".join(error.message for error in errors))
