"""A fragment on a type leaves out nodes of its subclasses, which is said; one on the interface does not."""

from collections.abc import Callable
from typing import Any

import pytest

Execute = Callable[..., dict[str, Any]]
PLACES = "{ anyPlaces(first: 500) { nodes { __typename %s } } }"


def test_a_fragment_that_leaves_out_unnamed_places_is_a_warning(execute: Execute) -> None:
    content = execute(PLACES % "... on Place { prefLabel }")
    unnamed = [node for node in content["data"]["anyPlaces"]["nodes"] if node["__typename"] == "UnnamedPlace"]
    assert unnamed
    assert all("prefLabel" not in node for node in unnamed)
    assert content["extensions"]["warnings"] == [
        {"message": "`... on Place` leaves out UnnamedPlace; write `... on AnyPlace`", "type": "UnnamedPlace"}
    ]


@pytest.mark.parametrize(
    "fields", ["... on AnyPlace { prefLabel }", "prefLabel ... on Place { prefLabel }", "... on UnnamedPlace { slug }"]
)
def test_a_selection_that_covers_unnamed_places_is_no_warning(fields: str, execute: Execute) -> None:
    assert "warnings" not in execute(PLACES % fields)["extensions"]


def test_every_unnamed_place_of_the_data_is_an_any_place(execute: Execute) -> None:
    content = execute("{ anyPlaces { totalCount } places { totalCount } unnamedPlaces { totalCount } }")["data"]
    assert content["unnamedPlaces"]["totalCount"] > 0
    assert (
        content["anyPlaces"]["totalCount"] == content["places"]["totalCount"] + content["unnamedPlaces"]["totalCount"]
    )
