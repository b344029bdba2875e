"""Geometries that no function could read are refused, with what to write instead."""

import pyoxigraph as ox
import pytest

from kg.errors import Finding
from kg.ingest.geometries import check_geometries
from kg.namespaces import GEO

CRS84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"


def check(text: str, datatype: str = f"{GEO}wktLiteral") -> list[Finding]:
    literal = ox.Literal(text, datatype=ox.NamedNode(datatype))
    return list(check_geometries([ox.Quad(ox.NamedNode("urn:g"), ox.NamedNode(f"{GEO}asWKT"), literal)]))


@pytest.mark.parametrize(
    "text",
    [
        "POINT(36.3 33.5)",
        f"{CRS84} POINT(36.3 33.5)",
        "point (36.3 33.5)",
        "POLYGON((35 33, 37 33, 37 34, 35 33))",
        "MULTIPOLYGON(((35 33, 37 33, 37 34, 35 33)))",
        "LINESTRING(35 33, 37 33)",
        "GEOMETRYCOLLECTION(POINT(36.3 33.5))",
        "POINT Z(36.3 33.5 700)",
    ],
)
def test_a_geometry_in_longitude_and_latitude_is_read(text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (f"<{EPSG}/4326> POINT(33.5 36.3)", "EPSG:4326 has the latitude first. Write POINT(36.3 33.5), without"),
        (f"<{EPSG}/4326>POINT( -33.5  36.3 )", "Write POINT(36.3 -33.5)"),
        (f"<{EPSG}/4326> POLYGON((33 35, 33 37, 34 37, 33 35))", "Only CRS84 is read here, not http://"),
        ("<urn:ogc:def:crs:EPSG::4326> POINT(33.5 36.3)", "Write POINT(36.3 33.5)"),
        ("<https://www.opengis.net/def/crs/EPSG/9.9.1/4326> POINT(33.5 36.3)", "Write POINT(36.3 33.5)"),
        ("POINT(36.3 133.5)", "the longitude (-180 to 180) before the latitude (-90 to 90)"),
        ("POINT(4030000 3980000)", "Write degrees"),
        ("POLYGON((35 33, 37 33, 37 934, 35 33))", "Write degrees"),
        ("POINT Z(36.3 -90.5 700)", "Write degrees"),
        (f"<{EPSG}/32637> POINT(250000 3710000)", "EPSG/0/32637: write longitude before latitude in degrees"),
        ("SRID=4326;POINT(36.3 33.5)", "Write WKT, longitude first"),
        ("POINT(36.3, 33.5)", "Write WKT, longitude first"),
        ("36.3 33.5", "Write WKT, longitude first"),
        ("", "Write WKT, longitude first"),
    ],
)
def test_any_other_is_refused_with_the_cure(text: str, cure: str) -> None:
    (finding,) = check(text)
    assert cure in finding.cure
    assert (finding.subject, finding.path, finding.value) == ("urn:g", f"{GEO}asWKT", text)


def test_text_of_another_datatype_is_no_geometry() -> None:
    assert check("POINT(36.3, 33.5)", "http://www.w3.org/2001/XMLSchema#string") == []
