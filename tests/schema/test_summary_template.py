"""A summary leaves out what has no value, and what stands around it."""

import pytest

from kg.schema.summary_template import fill_template

TEMPLATE = "[{type}|it happened][ by {who}][, with {what} in {where}]"


@pytest.mark.parametrize(
    ("values", "filled"),
    [
        ({"type": "siege", "who": "A"}, "siege by A"),
        ({"who": "A", "what": "x"}, "it happened by A"),
        ({"type": "siege", "what": "x", "where": "y"}, "siege, with x in y"),
        ({"type": "[{who}]", "who": "A|B"}, "[{who}] by A|B"),
    ],
)
def test_parts_without_a_value_are_left_out(values: dict[str, str], filled: str) -> None:
    assert fill_template(TEMPLATE, lambda name: values.get(name, "")) == filled


def test_without_any_value_the_other_text_is_taken() -> None:
    assert fill_template(TEMPLATE, lambda _: "", if_empty="other") == "other"
    assert fill_template(TEMPLATE, lambda _: "") == "it happened"
