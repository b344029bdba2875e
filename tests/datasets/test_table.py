"""Tables are read row by row with their text and position; what is none is refused with the line and the cure."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.datasets.source_format import SourceFormat
from kg.datasets.table import MAX_FINDINGS, Row, TableReader, guess_delimiter
from kg.errors import Finding, InputRejectedError

HEADER = "id,day,note\n"
FORMAT = SourceFormat(key="id", required=frozenset({"id", "day"}), kinds={"id": "integer", "day": "date"}, skip="#")


def read(path: Path, content: str | bytes, source_format: SourceFormat = FORMAT) -> list[Row]:
    file = path / "rows.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(TableReader(file, source_format).read())


def findings(path: Path, content: str | bytes, source_format: SourceFormat = FORMAT) -> list[Finding]:
    with pytest.raises(InputRejectedError) as caught:
        read(path, content, source_format)
    return list(caught.value.findings)


def test_a_row_has_its_text_and_where_that_stands(tmp_path: Path) -> None:
    content = HEADER + '1,2017-04-04,"two\r\nlines"\r\n\n#tag,#tag,\n2,2017-04-05,\u062d\u0644\u0628\n3,2017-04-06,'
    rows = read(tmp_path, content)
    assert [(row.number, row.line, row.values) for row in rows] == [
        (1, 2, {"id": "1", "day": "2017-04-04", "note": "two\r\nlines"}),
        (2, 6, {"id": "2", "day": "2017-04-05", "note": "\u062d\u0644\u0628"}),
        (3, 7, {"id": "3", "day": "2017-04-06"}),
    ]
    for row in rows:
        assert content[row.start : row.start + len(row.text)] == row.text


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    (row,) = read(tmp_path, b"\xef\xbb\xbf" + (HEADER + "1,2017-04-04,x\n").encode())
    assert row.values["id"] == "1"


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
        unique_by=lambda pair: pair[0],
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(",;\t|"),
)
def test_what_a_table_is_written_of_comes_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[int, str]], end: str, delimiter: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "note"])
    writer.writerows((number, f"x{note}") for number, note in values)
    rows = read(tmp_path_factory.mktemp("table"), written.getvalue(), SourceFormat(key="id", delimiter=delimiter))
    assert [(int(row.values["id"]), row.values["note"]) for row in rows] == [(n, f"x{note}") for n, note in values]
    assert all(written.getvalue()[row.start :].startswith(row.text) for row in rows)


@pytest.mark.parametrize(
    ("content", "line", "message", "cure"),
    [
        ("", None, "the file is empty", "header"),
        (HEADER, None, "there is no row", "rows"),
        ("1,2017-04-04,x\n", 1, "there is no header", "names day"),
        ("id;day;note\n1;2017-04-04;x\n", 1, "the header has one column", "';'"),
        ("id,note\n1,x\n", 1, "the header lacks day", "as its maker publishes it"),
        ("id,day,id\n1,2017-04-04,x\n", 1, "the header names id twice", "one name"),
        (HEADER + "1,2017-04-04\n", 2, "the row has 2 values, the header 3 names", "delimiter"),
        (HEADER + "1,x,2017-04-04\n", 2, "day is 'x', not a date", "shifted"),
        (HEADER + "1,2017-02-30,x\n", 2, "day is '2017-02-30', not a date", "missing"),
        (HEADER + "1,2017-13-04T00:00:00Z,x\n", 2, "day is '2017-13-04T00:00:00Z', not a date", "missing"),
        (HEADER + "one,2017-04-04,x\n", 2, "id is 'one', not an integer", "shifted"),
        (HEADER + ",2017-04-04,x\n", 2, "the row has no id", "id of its maker"),
        (HEADER + "1,2017-04-04,x\n\n1,2017-04-05,y\n", 4, "id 1 stands on line 2 too", "Leave one"),
        (HEADER + '1,2017-04-04,"open\n2,2017-04-05,x\n', 2, "the row cannot be parted", "Close the quotes"),
        (HEADER.encode() + b"1,2017-04-04,caf\xe9\n", 2, "byte 0xe9 is not UTF-8", "encoding"),
        (HEADER + "1,2017-04-04,\0\n", 2, "there is a NUL character", "UTF-8"),
    ],
)
def test_what_is_no_such_table_is_refused_with_its_line_and_the_cure(
    tmp_path: Path, content: str | bytes, line: int | None, message: str, cure: str
) -> None:
    (finding,) = findings(tmp_path, content)
    assert finding.location
    assert finding.location.line == line
    assert message in finding.message
    assert cure in finding.cure


def test_each_bad_row_has_a_finding(tmp_path: Path) -> None:
    lines = [
        finding.location.line for finding in findings(tmp_path, HEADER + "1\n2,2017-04-04,x\n3\n") if finding.location
    ]
    assert lines == [2, 4]


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError, match="cannot be read"):
        list(TableReader(tmp_path / "none.csv", FORMAT).read())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "x.csv").write_text(delimiter.join(["id", "a day", "note"]) + "\n", encoding="utf-8")
    assert guess_delimiter(tmp_path / "x.csv") == delimiter


def test_what_stands_for_no_value_is_empty_and_white_space_counts_in_texts_alone(tmp_path: Path) -> None:
    source_format = replace(FORMAT, missing=frozenset({"NA", "-"}))
    (row,) = read(tmp_path, HEADER + " 1 , NA, a NA \n", source_format)
    assert row.values == {"id": "1", "note": " a NA "}
    assert findings(tmp_path, HEADER + "-,2017-04-04,x\n", source_format)[0].message == "the row has no id"


def test_reading_ends_after_some_bad_rows_and_says_so(tmp_path: Path) -> None:
    *bad, last = findings(tmp_path, HEADER + "x\n" * (MAX_FINDINGS + 5))
    assert len(bad) == MAX_FINDINGS
    assert last.message == f"further rows are not read after {MAX_FINDINGS} such"
