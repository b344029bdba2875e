"""Extension codes of errors are published: they stay what they are when classes are renamed."""

from collections.abc import Iterator

from kg import errors
from kg.graphql.request.error_codes import domain_error_code

CODES = {
    "CONFLICT_KG_ERROR",
    "INPUT_REJECTED",
    "UNKNOWN",
    "BAD_PARAMETER",
    "QUERY_REFUSED",
    "QUERY_SYNTAX",
    "QUERY_TOO_LONG",
    "QUERY_TOO_NESTED",
    "QUERY_FORBIDDEN",
    "GRAPH_SYNTAX",
    "UPDATE_CONFLICT",
    "QUERY_LIMIT",
    "TIME_LIMIT_EXCEEDED",
    "QUERY_MEMORY",
    "INGEST_LIMIT",
    "NOT_REPRESENTABLE",
    "OVERLOADED",
    "SERVICE_CLOSING",
    "UNSUPPORTED_MEDIA_TYPE",
    "STORE_FAILURE",
    "STORE_LOCKED",
    "STORE_FORMAT",
    "CHANGE_TOO_LARGE",
    "INDEX_NOT_READY",
    "INGEST_MEMORY",
    "BASE_IRI_MISMATCH",
    "STORE_FULL",
    "STORE_UNREACHABLE",
    "PRECONDITION_FAILED",
    "PRECONDITION_REQUIRED",
    "WITHDRAWN",
    "WRITING_STOPPED",
    "UNSUPPORTED_SHAPES",
    "STORE_IN_DOUBT",
    "JOURNAL_CORRUPT",
    "BACKUP",
    "HISTORY_REDACTED",
    "ACCESS_DENIED",
    "RESTRICTED",
    "INVALID_TOKEN",
    "INSUFFICIENT_SCOPE",
    "RATE_LIMIT",
    "TOKEN_FILE",
}


def error_classes(error: type[errors.ConflictKgError]) -> Iterator[type[errors.ConflictKgError]]:
    yield error
    for subclass in error.__subclasses__():
        if subclass.__module__ == errors.__name__:
            yield from error_classes(subclass)


def test_each_domain_error_has_its_published_code() -> None:
    assert {domain_error_code(error) for error in error_classes(errors.ConflictKgError)} == CODES
