"""Edits change what they name and nothing else."""

import pytest

from kg.ingest.text_edits import TextEdit, apply_edits


def test_edits_are_made_at_their_places_in_any_order() -> None:
    edits = [TextEdit(4, 5, "E"), TextEdit(0, 0, ">"), TextEdit(1, 3, "")]
    assert apply_edits("abcdefg", edits) == ">adEfg"
    assert apply_edits("🕊é", [TextEdit(1, 2, "e")]) == "🕊e"


@pytest.mark.parametrize(
    "edits", [[TextEdit(0, 2, ""), TextEdit(1, 3, "")], [TextEdit(2, 9, "")], [TextEdit(-1, 1, "")]]
)
def test_edits_that_overlap_or_lie_outside_are_refused(edits: list[TextEdit]) -> None:
    with pytest.raises(ValueError, match="overlaps another"):
        apply_edits("abcde", edits)
