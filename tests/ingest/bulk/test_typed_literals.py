"""Every literal with a datatype is found in the text of a graph, whatever characters it has."""

import pyoxigraph as ox
import pytest

from kg.ingest.bulk.typed_literals import TypedLiterals
from kg.namespaces import EDTF

XSD = "http://www.w3.org/2001/XMLSchema#"
DATES = ["2017-07", "", 'a "quoted" date', "back\\slash\\", "line\nbreak", 'x"^^<y> ', "é \u2028"]


def text_of(*literals: ox.Literal) -> bytes:
    node = ox.NamedNode("http://example.org/a")
    return (
        ox.serialize([ox.Quad(node, node, literal, node) for literal in literals], format=ox.RdfFormat.N_QUADS) or b""
    )


@pytest.mark.parametrize("others", [[], ['say "no" \\ more', 'looks like "a"^^<b> .']])
def test_all_dates_are_found(others: list[str]) -> None:
    typed = TypedLiterals()
    dates = [ox.Literal(date, datatype=ox.NamedNode(EDTF)) for date in DATES]
    typed.scan(text_of(*map(ox.Literal, others), *dates, *dates))
    assert typed.of_dates() == sorted(DATES)


def test_a_literal_that_its_datatype_does_not_have_is_found_once() -> None:
    typed = TypedLiterals()
    wrong, right = (ox.Literal(text, datatype=ox.NamedNode(f"{XSD}integer")) for text in ("ten", "10"))
    for _ in range(2):
        typed.scan(text_of(wrong, right, wrong, ox.Literal("ten", language="en")))
    assert typed.ill_typed() == [wrong]
