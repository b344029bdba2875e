"""What mappings have beside SPARQL 1.1: dates never narrower than their precision, slugs, text to be shown."""

from datetime import date, timedelta

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.datasets.functions import day, decode, edtf, name, slug, wkt
from kg.edtf.grammar import parse
from kg.ingest.geometries import find_unreadable
from kg.namespaces import EDTF, GEO

DAYS = st.dates(date(1900, 1, 10), date(2100, 1, 1))


def literal(text: str) -> ox.Literal:
    return ox.Literal(text)


@pytest.mark.parametrize(
    ("start", "end", "precision", "expected"),
    [
        ("2017-04-04", "2017-04-04", "day", "2017-04-04"),
        ("2017-04-04 00:00:00.000", "2017-04-04", "day", "2017-04-04"),
        ("20170404", "20170404", "day", "2017-04-04"),
        ("2017-04-04", "2017-04-09", "days", "2017-04-04/2017-04-09"),
        ("2017-04-04", "2017-04-04", "week", "2017-03-29/2017-04-10"),
        ("2017-04-04", "2017-04-04", "month", "2017-04"),
        ("2017-04-04", "2017-04-04", "year", "2017"),
    ],
)
def test_dates(start: str, end: str, precision: str, expected: str) -> None:
    assert edtf(literal(start), literal(end), literal(precision)) == ox.Literal(expected, datatype=ox.NamedNode(EDTF))


@pytest.mark.parametrize(
    ("start", "end", "precision"), [("", "2017-04-04", "day"), ("2017-04-05", "2017-04-04", "day"), ("x", "x", "day")]
)
def test_what_is_no_date_gives_none(start: str, end: str, precision: str) -> None:
    assert edtf(literal(start), literal(end), literal(precision)) is None


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("17/06/2004", "%d/%m/%Y", "2004-06-17"),
        (" October 8 2023 ", "%B %d %Y", "2023-10-08"),
        ("8 Oct 2023", "%d %b %Y", "2023-10-08"),
        ("31/02/2004", "%d/%m/%Y", None),
        ("17/06/2004", "%Q", None),
        ("", "%d/%m/%Y", None),
    ],
)
def test_days_that_are_written_otherwise(text: str, pattern: str, expected: str | None) -> None:
    assert day(literal(text), literal(pattern)) == (literal(expected) if expected else None)


@given(DAYS, st.integers(0, 400), st.sampled_from(["day", "days", "week", "month", "year"]))
def test_a_date_contains_every_day_that_was_given(start: date, length: int, precision: str) -> None:
    end = start + timedelta(days=length)
    made = edtf(literal(str(start)), literal(str(end)), literal(precision))
    assert isinstance(made, ox.Literal)
    (span,) = parse(made.value).spans
    assert span.first
    assert span.last
    assert span.first <= start.timetuple()[:3]
    assert span.last >= end.timetuple()[:3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Khān Shaykhūn town", "khan-shaykhun-town"),
        ("Ma'arrat al-Nu'man", "ma-arrat-al-nu-man"),
        ("دمشق", "u62f-u645-u634-u642"),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(literal(text)) == literal(expected)


@given(st.text(), st.text())
def test_names_of_different_texts_differ(one: str, other: str) -> None:
    assert (name(literal(one)) == name(literal(other))) == (one == other)


def test_markup_is_decoded_to_be_shown() -> None:
    assert decode(literal("Ter\u200b Ma&#8217;la &amp; \n Homs ")) == literal("Ter Ma\u2019la & Homs")
    assert decode(literal(" ")) is None


@pytest.mark.parametrize(
    ("kind", "positions", "expected"),
    [
        ("Point", "[36.10, 33.5]", "POINT(36.10 33.5)"),
        ("Point", "[36, -1e-3, 700]", "POINT(36 -1e-3)"),
        ("MultiPoint", "[[1, 2], [3, 4]]", "MULTIPOINT(1 2, 3 4)"),
        ("LineString", "[[1, 2], [3, 4]]", "LINESTRING(1 2, 3 4)"),
        ("MultiLineString", "[[[1, 2], [3, 4]]]", "MULTILINESTRING((1 2, 3 4))"),
        (
            "Polygon",
            "[[[0, 0], [9, 0], [9, 9], [0, 0]], [[5, 1], [6, 1], [6, 2], [5, 1]]]",
            "POLYGON((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))",
        ),
        (
            "MultiPolygon",
            "[[[[0, 0], [9, 0], [9, 9], [0, 0]]], [[[5, 1], [6, 1], [6, 2], [5, 1]]]]",
            "MULTIPOLYGON(((0 0, 9 0, 9 9, 0 0)), ((5 1, 6 1, 6 2, 5 1)))",
        ),
    ],
)
def test_shapes(kind: str, positions: str, expected: str) -> None:
    geometry = f'{{"type": "{kind}", "coordinates": {positions}}}'
    shape = ox.Literal(expected, datatype=ox.NamedNode(f"{GEO}wktLiteral"))
    assert wkt(literal(geometry)) == shape
    assert not find_unreadable([shape])
    collection = wkt(literal(f'{{"type": "GeometryCollection", "geometries": [{geometry}]}}'))
    assert isinstance(collection, ox.Literal)
    assert collection.value == f"GEOMETRYCOLLECTION({expected})"
    assert not find_unreadable([collection])


@pytest.mark.parametrize(
    "geometry",
    [
        "",
        "null",
        "[]",
        "POINT(1 2)",
        '{"type": "Circle", "coordinates": [1, 2]}',
        '{"type": ["Point"], "coordinates": [1, 2]}',
        '{"type": "Point", "coordinates": []}',
        '{"type": "Point", "coordinates": "12"}',
        '{"type": "Point", "coordinates": ["east", 2]}',
        '{"type": "Point", "coordinates": [NaN, 2]}',
        '{"type": "Point", "coordinates": [[1, 2], 3]}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon", "coordinates": [[1, 2], [3, 4]]}',
        '{"type": "Point", "coordinates": ' + "[" * 100_000,
    ],
)
def test_what_is_no_shape_gives_none(geometry: str) -> None:
    assert wkt(literal(geometry)) is None
