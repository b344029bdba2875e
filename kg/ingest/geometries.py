"""Geometries that the engine cannot read: another reference system than CRS84, or no WKT.

Owns the cure. The engine, which evaluates the functions of GeoSPARQL, decides what it can read.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.errors import Finding
from kg.namespaces import GEO, value_of
from kg.store.query_template import QueryTemplate

_UNREADABLE = QueryTemplate.read(Path(__file__).parent / "unreadable-geometries.rq")
_WKT = ox.NamedNode(f"{GEO}wktLiteral")
_OTHER_SYSTEM = re.compile(r"\s*<(?P<system>[^>]*)>")
_LATITUDE_FIRST = re.compile(r"\s*<[^>]*/EPSG/0/4326>\s*POINT\s*\(\s*(\S+)\s+(\S+?)\s*\)\s*", re.IGNORECASE)


def check_geometries(quads: Iterable[ox.Quad]) -> Iterator[Finding]:
    """A finding for each geometry that the engine cannot read."""
    geometries = [quad for quad in quads if isinstance(quad.object, ox.Literal) and quad.object.datatype == _WKT]
    unreadable = {
        row["geometry"] for row in _UNREADABLE.select_each(ox.Store(), {quad.object for quad in geometries}).rows
    }
    for quad in sorted(geometries, key=str):
        if quad.object in unreadable:
            text = value_of(quad.object)
            message = f"the geometry {text[:100]!r} cannot be read"
            yield Finding(message, _cure(text), None, value_of(quad.subject), "geometry", quad.predicate.value, text)


def _cure(text: str) -> str:
    if point := _LATITUDE_FIRST.fullmatch(text):
        return f"EPSG:4326 has the latitude first. Write POINT({point[2]} {point[1]}), without a reference system"
    if system := _OTHER_SYSTEM.match(text):
        reason = f"Only CRS84 is read here, not {system['system']}"
        return f"{reason}: write longitude before latitude in degrees, without a reference system: POINT(36.3 33.5)"
    return "Write WKT, longitude first: POINT(36.3 33.5), POLYGON((35 33, 37 33, 37 34, 35 33))"
