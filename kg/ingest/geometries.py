"""Geometries that the engine cannot read, another reference system than CRS84 or no WKT, and degrees that do not exist.

Owns the cure. The engine, which evaluates the functions of GeoSPARQL, decides what it can read.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import Finding
from kg.namespaces import GEO, value_of
from kg.store.query_template import QueryTemplate, Term

_UNREADABLE = QueryTemplate.read(Path(__file__).parent / "unreadable-geometries.rq")
_WKT = ox.NamedNode(f"{GEO}wktLiteral")
_ORDER = "Write degrees, the longitude (-180 to 180) before the latitude (-90 to 90): POINT(36.3 33.5)"
_OTHER_SYSTEM = re.compile(r"\s*<(?P<system>[^>]*)>")
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PAIR = re.compile(rf"(?<![^\s(,])({_NUMBER})\s+({_NUMBER})")
"""The first two numbers of a position."""
_POINT = re.compile(r"\s*<(?P<system>[^>]*)>\s*POINT\s*\(\s*([^\s()]+)\s+([^\s()]+)\s*\)\s*", re.IGNORECASE)
_LATITUDE_FIRST = ("/4326", ":4326")
"""Ends of names of EPSG:4326."""


def check_geometries(quads: Iterable[ox.Quad]) -> Iterator[Finding]:
    """A finding for each geometry that the engine cannot read, or that is nowhere on Earth."""
    geometries = [quad for quad in quads if isinstance(quad.object, ox.Literal) and quad.object.datatype == _WKT]
    unreadable = find_unreadable(quad.object for quad in geometries)
    for quad in sorted(geometries, key=str):
        if quad.object not in unreadable:
            continue
        text = value_of(quad.object)
        if outside := unreadable[quad.object]:
            message, cure = f"the geometry {text[:100]!r} has a position outside the Earth: {outside}", _ORDER
        else:
            message, cure = f"the geometry {text[:100]!r} cannot be read", _cure(text)
        yield Finding(message, cure, None, value_of(quad.subject), "geometry", quad.predicate.value, text)


def find_unreadable(geometries: Iterable[Term]) -> dict[Term, str]:
    """Those that the engine cannot read, and those that are nowhere on Earth with the position that does not exist."""
    distinct = set(geometries)
    unreadable: dict[Term, str] = {
        geometry: "" for row in _UNREADABLE.select_each(ox.Store(), distinct).rows if (geometry := row["geometry"])
    }
    outside = {geometry: _find_outside(value_of(geometry)) for geometry in distinct - unreadable.keys()}
    return unreadable | {geometry: position for geometry, position in outside.items() if position}


def _find_outside(text: str) -> str:
    """The first position whose longitude or latitude does not exist; empty if there is none."""
    for pair in _PAIR.finditer(text.rpartition(">")[2]):
        if abs(float(pair[1])) > 180 or abs(float(pair[2])) > 90:
            return pair[0]
    return ""


def _cure(text: str) -> str:
    point = _POINT.fullmatch(text)
    if point and "EPSG" in point["system"].upper() and point["system"].endswith(_LATITUDE_FIRST):
        return f"EPSG:4326 has the latitude first. Write POINT({point[3]} {point[2]}), without a reference system"
    if system := _OTHER_SYSTEM.match(text):
        reason = f"Only CRS84 is read here, not {system['system']}"
        return f"{reason}: write longitude before latitude in degrees, without a reference system: POINT(36.3 33.5)"
    return "Write WKT, longitude first: POINT(36.3 33.5), POLYGON((35 33, 37 33, 37 34, 35 33))"
