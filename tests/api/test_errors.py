"""Every error of ``kg`` has one row in one table."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from api.errors import TABLE, problem_type_of
from kg import errors
from kg.errors import ConflictKgError


def subclasses(of: type[ConflictKgError] = ConflictKgError) -> Iterator[type[ConflictKgError]]:
    for subclass in of.__subclasses__():
        if subclass.__module__ == errors.__name__:
            yield subclass
            yield from subclasses(subclass)


@pytest.mark.parametrize("error", list(subclasses()), ids=lambda error: error.__name__)
def test_every_error_has_a_row_of_its_own(error: type[ConflictKgError]) -> None:
    assert error in TABLE
    assert TABLE[error].status >= HTTPStatus.BAD_REQUEST
    assert TABLE[error].status is not HTTPStatus.INTERNAL_SERVER_ERROR


def test_slugs_are_unique() -> None:
    assert len({problem_type.slug for problem_type in TABLE.values()}) == len(TABLE)


def test_subclass_without_a_row_has_the_type_of_its_parent() -> None:
    class ParticularDeadlineError(errors.QueryDeadlineError):
        pass

    assert problem_type_of(ParticularDeadlineError(1.0)) == TABLE[errors.QueryDeadlineError]
