"""A request for the type, a root field or a filter of a class without a type is told what to write instead."""

from collections.abc import Callable
from typing import Any

import pytest

Execute = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("query", "cure"),
    [
        ("{ anyPlaces { nodes { ... on UnnamedPlace { id } } } }", "`Place`"),
        ("{ unnamedPlace(slug: \"a\") { id } }", "`place`"),
        ("{ unnamedPlaces { totalCount } }", "`places(where: {placeClass: {eq: UNNAMED_PLACE}})`"),
        ("{ things(where: {asUnnamedPlace: {}}) { totalCount } }", "`asPlace: {placeClass: {eq: UNNAMED_PLACE}}`"),
        ("query ($where: UnnamedPlaceWhere) { places(where: $where) { totalCount } }", "`PlaceWhere`"),
    ],
)  # fmt: skip
def test_the_error_names_the_type_of_the_superclass(query: str, cure: str, execute: Execute) -> None:
    messages = [error["message"] for error in execute(query)["errors"]]
    sentence = "Nodes of the class UnnamedPlace are of the type Place, and have placeClass UNNAMED_PLACE: write "
    assert any(message.endswith(f" {sentence}{cure}.") for message in messages), messages


def test_the_error_of_a_variable_names_it_too(execute: Execute) -> None:
    query = "query ($where: ThingWhere) { things(where: $where) { totalCount } }"
    (error,) = execute(query, where={"asUnnamedPlace": {}})["errors"]
    assert error["message"].endswith("write `asPlace: {placeClass: {eq: UNNAMED_PLACE}}`.")


def test_what_the_cures_say_can_be_written(query_data: Execute) -> None:
    query = """query ($where: PlaceWhere) {
        places(where: $where) { totalCount }
        things(where: {asPlace: {placeClass: {eq: UNNAMED_PLACE}}}) { totalCount } }"""
    data = query_data(query, where={"placeClass": {"eq": "UNNAMED_PLACE"}})
    assert data["places"]["totalCount"] == data["things"]["totalCount"] > 0


def test_other_errors_are_as_they_were(execute: Execute) -> None:
    (error,) = execute("{ unnamedActorz { totalCount } }")["errors"]
    assert "write" not in error["message"]
