"""Schemathesis, over real HTTP: whatever it makes of the schemas that are served, nothing breaks; errors are errors.

The schemas are fetched as any client would fetch them. How long it may go on is bounded, and so are its examples.
"""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from api.http import graphql_response
from kg.errors import ConflictKgError
from kg.graphql.request import errors

pytestmark = pytest.mark.slow

SECONDS = 50
SLOW_S = 20
EXAMPLES = settings(max_examples=8, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
                    suppress_health_check=list(HealthCheck))  # fmt: skip
DOMAIN_ERRORS: list[type[ConflictKgError]] = [ConflictKgError, *ConflictKgError.__subclasses__()]
OF_THE_CORE = {errors.domain_error_code(error) for error in DOMAIN_ERRORS}
CODES = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)} | OF_THE_CORE
OURS = {errors.INTERNAL, "DATA_DOES_NOT_CONFORM", "QUERY_SYNTAX", "QUERY_REFUSED"}


def operations(schema: Any, seconds: float) -> Iterator[Any]:
    """Its operations, until time is up."""
    end = time.monotonic() + seconds
    for each in schema.get_all_operations():
        if time.monotonic() > end:
            return
        yield each.ok()


def is_conforming(content: Any) -> bool:
    """Whether this is an answer as the specification has it (section 7.1), with our codes."""
    if not isinstance(content, dict) or not content.keys() <= {"data", "errors", "extensions"} or not content:
        return False
    if "errors" not in content:
        return isinstance(content["data"], dict)
    return bool(content["errors"]) and all(
        isinstance(each["message"], str)
        and each["message"]
        and each["extensions"]["code"] in CODES - OURS
        and all(place.keys() == {"line", "column"} and min(place.values()) > 0 for place in each.get("locations", ()))
        and all(isinstance(part, (str, int)) for part in each.get("path", ()))
        for each in content["errors"]
    )


@pytest.mark.parametrize("accept", [graphql_response.RESPONSE, graphql_response.JSON])
def test_graphql_holds_whatever_is_asked(accept: str, address: str) -> None:
    schema = schemathesis.graphql.from_url(f"{address}/graphql")
    seen: list[int] = []
    asked: set[str] = set()
    for operation in operations(schema, SECONDS / 2):

        @EXAMPLES
        @given(operation.as_strategy())
        def execute(case: Any) -> None:
            response = case.call(headers={"Accept": accept}, timeout=SLOW_S)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (case.body, response.text)
            assert response.headers["content-type"][0] == f"{accept}; charset=utf-8"
            content = response.json()
            assert is_conforming(content), (case.body, content)
            has_data = content.get("data") is not None
            assert has_data or "errors" in content
            if accept == graphql_response.RESPONSE:
                assert has_data is (response.status_code < HTTPStatus.MULTIPLE_CHOICES), (case.body, content)
            seen.append(has_data)

        execute()
        asked.add(operation.label)
    assert {"Query.node", "Query.answer", "Query.question"} <= asked
    assert 0 < sum(seen) < len(seen)


def test_no_address_of_the_openapi_document_breaks(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    statuses: set[int] = set()
    for operation in operations(schema, SECONDS / 2):

        @EXAMPLES
        @given(operation.as_strategy())
        def execute(case: Any) -> None:
            response = case.call(timeout=SLOW_S)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (case.as_curl_command(), response.text)
            statuses.add(response.status_code)

        execute()
    assert {HTTPStatus.OK, HTTPStatus.NOT_FOUND} <= statuses
