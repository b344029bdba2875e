"""Forms and dialects of files: which one a file has, and what is refused."""

import gzip
import re
from pathlib import Path

import pytest

from kg.datasets.file_form import find_format
from kg.datasets.scaffold import Scaffold
from kg.datasets.selection import SelectedKeys
from kg.datasets.source_format import SourceFormat, parse_source_format
from kg.datasets.table import Row, TableReader
from kg.errors import InputRejectedError

WITHOUT_HEADER = """
[file]
delimiter = "\\t"
quote = ""
columns = ["Id", "Day", "Code"]
[[file.or]]
delimiter = ","
[row]
key = "Id"
alike = ["Day", "Code"]
[forms.remarks]
columns = ["Id", "Text"]
follows = "Id"
[[refused]]
widths = [5, 6]
message = "these are old columns"
cure = "Give new ones."
"""
WITH_HEADER = """
[file]
[[file.or]]
delimiter = ";"
[row]
key = "id"
required = ["day"]
"""


def read(path: Path, text: str, source: str) -> tuple[SourceFormat, list[Row]]:
    path.write_text(text, encoding="utf-8")
    format_ = find_format(path, parse_source_format(source, "source.toml"))
    return format_, list(TableReader(path, format_).read())


@pytest.mark.parametrize(
    ("text", "form", "first"),
    [
        ('7\t2031\t"01\n', "", {"Id": "7", "Day": "2031", "Code": '"01'}),
        ('7,2031,"0,1"\n', "", {"Id": "7", "Day": "2031", "Code": "0,1"}),
        ("id,DAY,code\n7,2031,01\n", "", {"Id": "7", "Day": "2031", "Code": "01"}),
        ("7\tseen\n", "remarks", {"Id": "7", "Text": "seen"}),
        ("id,text\n7,seen\n", "remarks", {"Id": "7", "Text": "seen"}),
    ],
)
def test_a_form_is_found_by_its_columns(text: str, form: str, first: dict[str, str], tmp_path: Path) -> None:
    found, rows = read(tmp_path / "rows.csv", text, WITHOUT_HEADER)
    assert found.form == form
    assert [row.values for row in rows] == [first]
    assert {row.form for row in rows} == {form}


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_header_tells_the_dialect(mark: str, tmp_path: Path) -> None:
    text = f"id{mark}day{mark}more\n1{mark}2031-01-01{mark}\n"
    _, rows = read(tmp_path / "rows.csv", text, WITH_HEADER)
    assert rows[0].values == {"id": "1", "day": "2031-01-01"}


@pytest.mark.parametrize(
    ("text", "source", "message"),
    [
        ("1\t2\t3\t4\t5\n", WITHOUT_HEADER, "these are old columns. Give new ones."),
        ("1\t2\t3\t4\n", WITHOUT_HEADER, "the first line has 4 values: a row has 3, a row of remarks has 2"),
        ("id;hour\n1;2\n", WITH_HEADER, "the header lacks day"),
        ("id|day\n1|2\n", WITH_HEADER, "The file seems to be parted by '|'"),
    ],
)
def test_a_file_of_no_form_is_refused(text: str, source: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as caught:
        read(tmp_path / "rows.csv", text, source)
    assert message in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError, match="cannot be read"):
        find_format(tmp_path / "none.csv", parse_source_format(WITHOUT_HEADER, "source.toml"))


def test_a_row_that_is_like_an_earlier_one_says_which(tmp_path: Path) -> None:
    _, rows = read(tmp_path / "rows.csv", "1\ta\tb\n2\ta\tb\n3\ta\tc\n4\ta\tb\n", WITHOUT_HEADER)
    assert [row.repeats for row in rows] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[forms]\nremarks = 1", "forms.remarks is no table"),
        ("[forms.remarks]\nrows = 1", "forms.remarks has no member rows"),
        ('[forms.remarks]\nfollows = "Id"', "main rows have no key"),
        ('[[file.or]]\ndelimiter = ""', "[file] delimiter is ''"),
        ("[file]\npart = 1", "[file] part is 1"),
        ("[file]\nor = 1", "file.or is no list of tables"),
        ('[[refused]]\nwidths = "57"', "widths is no list of numbers"),
    ],
)
def test_mistakes_in_the_source_are_named(source: str, message: str) -> None:
    with pytest.raises(InputRejectedError) as caught:
        parse_source_format(source, "source.toml")
    assert message in str(caught.value)


def test_keys_are_known_once_they_are_added() -> None:
    with SelectedKeys() as keys:
        keys.add("1")
        keys.add("1")
        assert "1" in keys
        assert "2" not in keys


JSON = """
[file]
format = "json"
[row]
key = "id"
"""
PACKED = {
    "rows.csv.gz": (gzip.compress(b"id,day\n"), "is compressed with gzip, not text. Unpack it"),
    "rows.csv": (b"PK\x03\x04\x14\x00", "is a ZIP archive, not text. Unpack it"),
    "rows.xlsx": (b"PK\x03\x04\x14\x00", "is a workbook of a spreadsheet program, not text. Save the sheet"),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("source", [WITHOUT_HEADER, WITH_HEADER, JSON], ids=["no header", "", "JSON"])
def test_a_file_that_is_no_text_is_refused_with_what_it_is(name: str, source: str, tmp_path: Path) -> None:
    content, message = PACKED[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputRejectedError, match=re.escape(f"{name}: violation: {message}")):
        find_format(tmp_path / name, parse_source_format(source, "source.toml"))
    with pytest.raises(InputRejectedError, match=re.escape(message)):
        Scaffold.of_file(tmp_path / name, "rows")


@pytest.mark.parametrize("name", ["PAR1", "BZh", "PK", "7z"])
def test_a_column_that_is_called_like_a_signature_is_text(name: str, tmp_path: Path) -> None:
    _, rows = read(tmp_path / "rows.csv", f"{name},id,day\n1,7,2031\n", WITH_HEADER)
    assert [row.values["id"] for row in rows] == ["7"]
