"""Arrays of objects are read row by row, as they are written; what is none is refused with the line and the cure."""

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.datasets.conversion import convert
from kg.datasets.dataset import load_dataset
from kg.datasets.json_rows import JsonReader
from kg.datasets.selection import SelectionRule
from kg.datasets.source_format import JSON, SourceFormat
from kg.datasets.table import ListItem, Row
from kg.errors import Finding, InputRejectedError
from kg.namespaces import GEO
from kg.package_data import find_folder
from kg.settings import DEFAULT_BASE_IRI

FORMAT = SourceFormat(key="id", syntax=JSON, required=frozenset({"id", "day"}), kinds={"day": "date"})
FREE = SourceFormat(key="", syntax=JSON)
OCHA = find_folder("data") / "datasets" / "ocha-adm1"


def read(path: Path, content: str | bytes, source_format: SourceFormat = FREE) -> list[Row]:
    file = path / "rows.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(JsonReader(file, source_format).read())


def findings(path: Path, content: str | bytes, source_format: SourceFormat = FORMAT) -> list[Finding]:
    with pytest.raises(InputRejectedError) as caught:
        read(path, content, source_format)
    return list(caught.value.findings)


def test_a_row_has_its_text_and_where_that_stands(tmp_path: Path) -> None:
    content = '\ufeff[\n {"id": 1, "name": "\u062d\u0644\u0628"},\n\n {"id": 2}]\n'
    rows = read(tmp_path, content)
    assert [(row.number, row.line, row.values) for row in rows] == [
        (1, 2, {"id": "1", "name": "\u062d\u0644\u0628"}),
        (2, 4, {"id": "2"}),
    ]
    for row in rows:
        assert content[row.start : row.start + len(row.text)] == row.text


def test_values_stay_as_they_are_written(tmp_path: Path) -> None:
    content = '[{"a": 36.10, "b": 12345678901234567890123, "c": 1E3, "d": true, "e": null, "f": "", "g": "010"}]'
    (row,) = read(tmp_path, content)
    assert row.values == {"a": "36.10", "b": "12345678901234567890123", "c": "1E3", "d": "true", "g": "010"}


def test_members_of_members_have_the_names_that_lead_to_them(tmp_path: Path) -> None:
    (row,) = read(tmp_path, '[{"name": {"en": "Mill", "ar": null}, "ids": {"of": {"ocha": "C1"}}}]')
    assert row.values == {"name.en": "Mill", "ids.of.ocha": "C1"}


def test_arrays_are_lists(tmp_path: Path) -> None:
    aliases = '[{"value": "Mill", "by": ["x"]}, [1, 2]]'
    (row,) = read(tmp_path, f'[{{"tags": ["a", 2.50, null], "aliases": {aliases}, "no": []}}]')
    assert row.values == {}
    assert row.lists == {
        "tags": [ListItem("a"), ListItem("2.50")],
        "aliases": [
            ListItem('{"value": "Mill", "by": ["x"]}', {"value": "Mill"}, {"by": [ListItem("x")]}),
            ListItem("[1, 2]"),
        ],
        "no": [],
    }


def test_a_geometry_is_one_text(tmp_path: Path) -> None:
    (row,) = read(tmp_path, '[{"shape": {"type":"Point","coordinates":[36.10,33.5]}, "type": "Feature"}]')
    assert row.values == {"shape": '{"type": "Point", "coordinates": [36.10, 33.5]}', "type": "Feature"}


def test_rows_of_a_member_are_found_wherever_its_name_stands(tmp_path: Path) -> None:
    content = '{"name": "\\"features\\": [", "crs": {"features": [1]}, "features" : [{"id": 1}], "more": []}'
    (row,) = read(tmp_path, content, SourceFormat(key="", syntax=JSON, rows="features"))
    assert row.values == {"id": "1"}


VALUES = st.text() | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(st.text("abc", min_size=1), VALUES)


@given(st.lists(OBJECTS, min_size=1), st.sampled_from([None, 0, 2]))
def test_each_text_is_the_object_it_was(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, Any]], indent: int | None
) -> None:
    content = json.dumps(objects, indent=indent)
    rows = read(tmp_path_factory.mktemp("rows"), content)
    assert [json.loads(row.text) for row in rows] == objects
    lines = content.split("\n")
    assert all(lines[row.line - 1].lstrip("[ ").startswith("{") for row in rows)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("", 1, "is no array"),
        ("{}", 1, "is no array"),
        ("[]", None, "no row"),
        ('[\n{"id": 1, "day": "2017-04-04"},\n{"id": }]', 3, "Expecting value"),
        ('[{"id": 1, "day": "2017-04-04"}', 1, "Expecting value"),
        ('[\n{"id": NaN}]', 2, "NaN is no JSON"),
        ("[\n[1, 2]]", 2, "row 1 is no object"),
        ('[{"id": 1, "day": "", "tags": ["\\ud83d"]}]', 1, "half of a character"),
        ('[{"id": 1}]', 1, "row 1 lacks day"),
        ('[{"id": "", "day": ""}]', 1, "row 1 has no id"),
        ('[{"id": 1, "day": "4 April"}]', 1, "day is '4 April'"),
        ('[{"id": 1, "day": ""}, {"id": "1", "day": ""}]', 1, "id 1 of row 2 is that of row 1 too"),
        (b'[{"id": "\xe9"}]', None, "is not UTF-8"),
        ("[" * 100_000, 1, "recursion"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str | bytes, line: int | None, message: str) -> None:
    (finding,) = findings(tmp_path, content)
    assert finding.location
    assert finding.location.line == line
    assert message in finding.message
    assert finding.cure


def test_all_rows_that_are_none_are_named(tmp_path: Path) -> None:
    content = '[{"id": 1},\n{"id": 2, "day": ""},\n3,\n{"day": ""}]'
    assert [finding.location and finding.location.line for finding in findings(tmp_path, content)] == [1, 3, 4]
    assert len(findings(tmp_path, json.dumps([1] * 50))) == 20


def test_a_place_in_a_hole_is_in_one_unit_only(tmp_path: Path) -> None:
    document = tmp_path / "units.nq"
    rows = OCHA / "tests" / "polygons" / "rows.geojson"
    convert(load_dataset(OCHA, DEFAULT_BASE_IRI), [rows], document, None, SelectionRule({}))
    store = ox.Store()
    store.bulk_load(path=str(document))
    query = f"""PREFIX geo: <{GEO}>
        PREFIX geof: <http://www.opengis.net/def/function/geosparql/>
        SELECT ?unit {{ GRAPH ?graph {{ ?unit geo:asWKT ?shape }}
        FILTER (geof:sfWithin("POINT(36.3 33.5)"^^geo:wktLiteral, ?shape)) }}"""
    found = [solution["unit"].value for solution in store.query(query)]  # type: ignore[union-attr]
    assert found == [f"{DEFAULT_BASE_IRI}id/geometry/ocha-sy01"]
