"""Where rows of lists lie: the geometry that a statement or a reference graph gives, in GeoJSON, and whose it is.

Owns what counts as where something lies. A point that stands for an area is nobody's place of an event: no geometry is
given then, and the row says why.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.namespaces import CK, GEO, GEOMETRY_OF, VOCAB, value_of
from kg.store.interface import Store
from kg.store.labels import fetch_names
from kg.views.description import BoundedDescription

_AS_WKT = ox.NamedNode(f"{GEO}asWKT")
_GEOMETRY = f"{CK}geometry"
_PLACE_KIND = ox.NamedNode(f"{CK}placeKind")
_POINT_LIKE = frozenset({"building", "site", "village", "town", "city", "neighbourhood"})
"""Kinds of place for which a point may stand; of others it is the middle of an area."""
_LOCATIONS = (f"{CK}location", f"{CK}place")
_CANDIDATES = (f"{CK}locationCandidate", f"{CK}near")
_WKT = re.compile(r"\s*(?:<[^>]*>\s*)?([A-Za-z]+)\s*(\(.*\))\s*", re.DOTALL)
_TYPES = {
    name.upper(): name for name in ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
}
_PARTS = re.compile(r"[(),]|[^\s(),]+")

NO_PLACE = "none: no place is named"
NO_COORDINATES = "none: no coordinates are recorded here for the place that is named"
SEVERAL = "none: several places are named, and it is not said which"
DENIED = "none: the statement does not say that it is so"
AREA = "none: only a point that stands for the whole area is recorded, by {}"


@dataclass(frozen=True, slots=True)
class Located:
    """A geometry of GeoJSON (RFC 7946), or None, and what it is."""

    geometry: dict[str, Any] | None
    status: str
    """Whose geometry it is, and of what; or why there is none."""


class Geometries:
    """Looks geometries up, each place once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._places: dict[str, Located] = {}

    def locate_thing(self, iri: str) -> Located:
        """Where a reference graph says that a thing lies."""
        if iri not in self._places:
            self._places[iri] = self._locate(iri)
        return self._places[iri]

    def locate_statement(self, description: BoundedDescription, proposition: str, *, is_said: bool) -> Located:
        """Where a statement says that something is, by its own coordinates, else by those of the place it names."""
        given = [iri for iri in description.iris(proposition, _GEOMETRY) if proposition]
        if given and not is_said:
            return Located(None, DENIED)
        for geometry in given:
            for wkt in description.values(geometry, _AS_WKT.value):
                if (shape := to_geojson(value_of(wkt))) is not None:
                    return Located(shape, "given by this statement")
        places = {iri for role in _LOCATIONS for iri in description.iris(proposition, role)}
        vague = {iri for role in _CANDIDATES for iri in description.iris(proposition, role)}
        if not is_said and (places or vague):
            return Located(None, DENIED)
        if len(places | vague) > 1 or vague:
            return Located(None, SEVERAL if len(places | vague) > 1 else "none: only what is near is named")
        if not places:
            return Located(None, NO_PLACE)
        (place,) = places
        located = self.locate_thing(place)
        if located.geometry is None:
            return Located(None, NO_COORDINATES if located.status == NO_COORDINATES else located.status)
        return Located(located.geometry, f"of the place that the statement names, {located.status}; not of the event")

    def _locate(self, iri: str) -> Located:
        node = ox.NamedNode(iri)
        kinds = [value_of(quad.object) for quad in self._store.match(node, _PLACE_KIND, None)]
        is_point_like = any(kind.removeprefix(f"{VOCAB}place-kind/") in _POINT_LIKE for kind in kinds)
        areas: list[str] = []
        for shape, home in sorted(self._shapes(node), key=str):
            if shape["type"] == "Point" and not is_point_like:
                areas.append(home)
                continue
            return Located(shape, f"by {home}")
        if areas:
            return Located(None, AREA.format(areas[0]))
        return Located(None, NO_COORDINATES)

    def _shapes(self, place: ox.NamedNode) -> Iterator[tuple[dict[str, Any], str]]:
        """The geometries that reference graphs give for a place, each with the title of its graph."""
        for geometry in self._store.match(None, GEOMETRY_OF, place):
            if not isinstance(geometry.subject, ox.NamedNode):
                continue
            for quad in self._store.match(geometry.subject, _AS_WKT, None):
                if (shape := to_geojson(value_of(quad.object))) is not None:
                    home = value_of(quad.graph_name)
                    graph = quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else None
                    yield shape, fetch_names(self._store, [graph]).get(home, home)


def to_geojson(wkt: str) -> dict[str, Any] | None:
    """The geometry of a well-known text in two dimensions; None for any other."""
    match = _WKT.fullmatch(wkt)
    type_ = _TYPES.get(match[1].upper()) if match else None
    if match is None or type_ is None:
        return None
    try:
        coordinates = _read_group(iter(_PARTS.findall(match[2])[1:]))
    except (ValueError, StopIteration):
        return None
    if type_ == "Point":
        coordinates = coordinates[0]
    elif type_ == "MultiPoint":
        coordinates = [position[0] if isinstance(position[0], list) else position for position in coordinates]
    return {"type": type_, "coordinates": coordinates}


def _read_group(parts: Iterator[str]) -> list[Any]:
    """What stands between brackets: positions, or further groups, with commas between them."""
    members: list[Any] = []
    numbers: list[float] = []
    for part in parts:
        if part == "(":
            members.append(_read_group(parts))
        elif part in (",", ")"):
            if numbers:
                members.append(numbers)
                numbers = []
            if part == ")":
                return members
        else:
            numbers.append(float(part))
    raise ValueError("a bracket is not closed")
