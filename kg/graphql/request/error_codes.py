"""The codes of GraphQL errors (``extensions.code``), which are published. Domain errors keep their names, as in every
other interface.

Does not import graphql-core: a process that only passes results on can use it.
"""

from kg import errors
from kg.graphql.schema.inflection import constant_case

PARSE = "GRAPHQL_PARSE_FAILED"
VALIDATION = "GRAPHQL_VALIDATION_FAILED"
ATTRIBUTION = "ATTRIBUTION_REQUIRED"
OPERATION = "OPERATION_RESOLUTION_FAILURE"
BAD_INPUT = "BAD_USER_INPUT"
BAD_REQUEST = "BAD_REQUEST"
BAD_JSON = "BAD_JSON"
BATCH = "BATCHING_NOT_SUPPORTED"
NOT_FOUND = "DOCUMENT_NOT_FOUND"
NOT_PERSISTED = "PERSISTED_QUERY_NOT_FOUND"
WRONG_HASH = "PERSISTED_QUERY_MISMATCH"
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
NONCONFORMING = "DATA_DOES_NOT_CONFORM"

INTERNAL_MESSAGE = "Internal error; it has been logged."

_CODES = {
    errors.ConflictKgError: "CONFLICT_KG_ERROR",
    errors.UnknownNameError: "UNKNOWN",
    errors.StoreError: "STORE_FAILURE",
    errors.QueryDeadlineError: TOO_LATE,
}
_PRIVATE = (errors.StoreError,)


def domain_error_code(error: type[errors.ConflictKgError]) -> str:
    """The published code of a domain error: the name of its class, but for a few."""
    return _CODES.get(error) or constant_case(error.__name__.removesuffix("Error"))


def domain_error_message(error: errors.ConflictKgError) -> str:
    """What the client may read of a domain error: nothing of internal addresses."""
    if isinstance(error, errors.QueryDeadlineError):
        return deadline_message(error.seconds)
    return "The graph cannot be reached." if isinstance(error, _PRIVATE) else str(error)


def deadline_message(seconds: float) -> str:
    """Of a request that took longer than this."""
    return f"The request took longer than {seconds:g} s; select less at a time."
