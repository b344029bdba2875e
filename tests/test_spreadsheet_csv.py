"""CSV for spreadsheets: what it is read as, and that no cell is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.spreadsheet_csv import as_text, write_spreadsheet

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3)))
def test_cells_are_read_as_they_were_or_with_an_apostrophe(rows: list[list[str]]) -> None:
    content = write_spreadsheet(["head"], rows)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert read == [[as_text(cell) for cell in row] for row in rows]
    assert all(as_text(cell) in (cell, f"'{cell}") for row in rows for cell in row)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200f=1", "\uff1d1"])
def test_a_cell_that_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "عين ترما", "a=b", "2017-08-07", "'quoted'", "5"])
def test_any_other_cell_is_unchanged(cell: str) -> None:
    assert as_text(cell) == cell
