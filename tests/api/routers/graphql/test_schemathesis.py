"""Schemathesis over real HTTP: no request that it generates from the served schemas is answered with a server error.

The number of operations and of examples of one are bounded; the root fields that are not connections come first.
"""

from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from api.http import graphql_response
from kg.errors import ConflictKgError
from kg.graphql.request import error_codes

pytestmark = pytest.mark.slow

ROOT_FIELDS = 6
PATHS = 40
TIMEOUT_S = 20
EXAMPLES = settings(max_examples=8, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
                    suppress_health_check=list(HealthCheck))  # fmt: skip
DOMAIN_ERRORS: list[type[ConflictKgError]] = [ConflictKgError, *ConflictKgError.__subclasses__()]
DOMAIN_CODES = {error_codes.domain_error_code(error) for error in DOMAIN_ERRORS}
OWN_CODES = {value for name, value in vars(error_codes).items() if name.isupper() and isinstance(value, str)}
CODES = OWN_CODES | DOMAIN_CODES
SERVER_ERRORS = {error_codes.INTERNAL, "DATA_DOES_NOT_CONFORM", "QUERY_SYNTAX", "QUERY_REFUSED"}


@schemathesis.serializer("application/sparql-update", "application/sparql-query")
def send_as_text(_context: Any, value: Any) -> bytes:
    """SPARQL is text, and sent as such."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def operations(schema: Any, count: int) -> Iterator[Any]:
    """Its first operations."""
    return (operation.ok() for operation in islice(schema.get_all_operations(), count))


def is_conforming(content: Any) -> bool:
    """Whether this is a response of the GraphQL specification (section 7.1) with extension codes of ours."""
    if not isinstance(content, dict) or not content.keys() <= {"data", "errors", "extensions"} or not content:
        return False
    if "errors" not in content:
        return isinstance(content["data"], dict)
    return bool(content["errors"]) and all(
        isinstance(error["message"], str)
        and error["message"]
        and error["extensions"]["code"] in CODES - SERVER_ERRORS
        and all(set(location) == {"line", "column"} for location in error.get("locations", ()))
        and all(min(location.values()) > 0 for location in error.get("locations", ()))
        and all(isinstance(part, (str, int)) for part in error.get("path", ()))
        for error in content["errors"]
    )


@pytest.mark.parametrize("accept", [graphql_response.RESPONSE, graphql_response.JSON])
def test_graphql_response_conforms_to_the_specification(accept: str, address: str) -> None:
    schema = schemathesis.graphql.from_url(f"{address}/graphql")
    has_data_by_case: list[bool] = []
    labels: set[str] = set()
    for operation in operations(schema, ROOT_FIELDS):

        @EXAMPLES
        @given(operation.as_strategy())
        def execute(case: Any) -> None:
            response = case.call(headers={"Accept": accept}, timeout=TIMEOUT_S)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (case.body, response.text)
            assert response.headers["content-type"][0] == f"{accept}; charset=utf-8"
            content = response.json()
            assert is_conforming(content), (case.body, content)
            has_data = content.get("data") is not None
            assert has_data or "errors" in content
            if accept == graphql_response.RESPONSE:
                assert has_data is (response.status_code < HTTPStatus.MULTIPLE_CHOICES), (case.body, content)
            has_data_by_case.append(has_data)

        execute()
        labels.add(operation.label)
    assert {"Query.node", "Query.answer", "Query.question"} <= labels
    assert 0 < sum(has_data_by_case) < len(has_data_by_case)


def test_no_operation_of_openapi_has_a_server_error(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    statuses: set[int] = set()
    for operation in operations(schema, PATHS):

        @EXAMPLES
        @given(operation.as_strategy())
        def execute(case: Any) -> None:
            response = case.call(timeout=TIMEOUT_S)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (case.as_curl_command(), response.text)
            statuses.add(response.status_code)

        execute()
    assert {HTTPStatus.OK, HTTPStatus.NOT_FOUND} <= statuses
