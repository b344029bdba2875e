"""Every failure has one row in one table; nothing else leaks."""

from collections.abc import Iterator
from http import HTTPStatus

import httpx
import pytest

from api.errors import TABLE, problem_type_of
from kg import errors
from kg.errors import ConflictKgError


def family(of: type[ConflictKgError] = ConflictKgError) -> Iterator[type[ConflictKgError]]:
    for member in of.__subclasses__():
        if member.__module__ == errors.__name__:
            yield member
            yield from family(member)


@pytest.mark.parametrize("member", list(family()), ids=lambda member: member.__name__)
def test_every_error_has_a_row_of_its_own(member: type[ConflictKgError]) -> None:
    assert member in TABLE
    assert TABLE[member].status >= HTTPStatus.BAD_REQUEST
    assert TABLE[member].status is not HTTPStatus.INTERNAL_SERVER_ERROR


def test_slugs_tell_errors_apart() -> None:
    assert len({answer.slug for answer in TABLE.values()}) == len(TABLE)


def test_subclass_without_row_is_answered_as_its_parent() -> None:
    class Particular(errors.QueryDeadlineError):
        pass

    assert problem_type_of(Particular(1.0)) == TABLE[errors.QueryDeadlineError]


def test_nowhere_is_a_problem(client: httpx.Client) -> None:
    answer = client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/nowhere" in answer.json()["detail"]
    text = client.get("/nowhere", headers={"Accept": "text/plain"})
    assert text.headers["content-type"].startswith("text/plain")
    assert client.post("/healthz").status_code == 405
    assert client.post("/healthz").headers["allow"] == "GET"
