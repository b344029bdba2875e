"""Coordinates of places as somebody gives them: rows of lists, which the map of a page shows as points.

Rows of a place are answers of the catalogue, so that page and question agree. Owns which places of the register are
shown beside one, and what is a point. Whether a page has a map depends on the assets that were built (``web/map``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, hypot, radians

import pyoxigraph as ox

from api.pages.render import ASSETS, QUERIES
from kg.questions.answer import TableAnswer
from kg.questions.catalogue import Catalogue
from kg.store.interface import Store
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, text_of
from kg.views.view_model import ValueView, link_by_name

_COORDINATES = "at-which-coordinates-does-a-place-lie"
_BESIDE = QueryTemplate.read(QUERIES / "places-beside.rq")
_MAX_BESIDE = 15
"""Places of the register that a map shows beside its own."""
_WKT_POINT = re.compile(
    r"\s*POINT\s*\(\s*(?P<longitude>-?\d+(\.\d+)?)\s+(?P<latitude>-?\d+(\.\d+)?)\s*\)\s*", re.IGNORECASE
)
_ASSETS = tuple(ASSETS / "map" / name for name in ("leaflet.js", "topojson-client.min.js", "countries-50m.json"))


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, as they were given."""

    latitude: str
    longitude: str

    @property
    def text(self) -> str:
        """Latitude first, as people write it."""
        return f"{self.latitude}, {self.longitude}"


@dataclass(frozen=True, slots=True)
class CoordinatesRow:
    """Coordinates as somebody gives them."""

    place: ValueView
    point: Point | None
    """None for another shape, or for degrees that no place has."""
    wkt: str
    precision: ValueView | None
    given_by: ValueView
    """The speaker, or the reference graph."""
    act: str
    hedge: ValueView | None
    source: ValueView | None
    statement: str
    """Empty for a reference graph."""
    note: str


def has_map() -> bool:
    """Whether the assets of the map were built."""
    return all(path.is_file() for path in _ASSETS)


def parse_point(wkt: str) -> Point | None:
    """The point that a WKT literal is, if it is one on the earth."""
    if (match := _WKT_POINT.fullmatch(wkt)) is None:
        return None
    point = Point(match["latitude"], match["longitude"])
    return point if abs(float(point.latitude)) <= 90 and abs(float(point.longitude)) <= 180 else None


def ask_coordinates(place: ValueView, store: Store, catalogue: Catalogue, base_iri: str) -> Iterator[CoordinatesRow]:
    """The coordinates of a place by everybody who gives any, as the question answers."""
    answer = catalogue.ask(_COORDINATES, {"place": place.iri}, store, base_iri)
    assert isinstance(answer, TableAnswer)
    rows = {(text_of(row["statement"]), text_of(row["geometry"])): row for row in reversed(answer.rows)}
    homes = {geometry: _home_graph(store, geometry) for _, geometry in rows}
    names = {**answer.names, **fetch_names(store, map(ox.NamedNode, filter(None, homes.values())))}
    for (statement, geometry), row in reversed(rows.items()):  # there is one for each quote
        wkt = text_of(row["wkt"])
        hedge, source, precision = (text_of(row[name]) for name in ("hedge", "source", "precision"))
        yield CoordinatesRow(
            place=place,
            point=parse_point(wkt),
            wkt=wkt,
            precision=link_by_name(precision, names) if precision else None,
            given_by=link_by_name(text_of(row["speaker"]) if statement else homes[geometry], names),
            act=text_of(row["act"]),
            hedge=link_by_name(hedge, names) if hedge else None,
            source=link_by_name(source, names) if source else None,
            statement=statement,
            note=text_of(row["note"]),
        )


def list_beside(store: Store, place: str, shown: Iterable[CoordinatesRow]) -> list[CoordinatesRow]:
    """The nearest of the places that reference graphs list around a place, by the points that they give for them.

    ``shown``: the rows of the place itself; without a point among them, nothing is near.
    """
    centre = next((row.point for row in shown if row.point), None)
    if centre is None:
        return []
    rows = _BESIDE.select_each(store, [ox.NamedNode(place)]).rows
    names = fetch_names(store, [term for row in rows for term in (row["other"], row["home"])])
    found = [
        CoordinatesRow(
            place=link_by_name(text_of(row["other"]), names),
            point=parse_point(text_of(row["wkt"])),
            wkt=text_of(row["wkt"]),
            precision=None,
            given_by=link_by_name(text_of(row["home"]), names),
            act="",
            hedge=None,
            source=None,
            statement="",
            note="",
        )
        for row in rows
    ]
    ranked = sorted((_distance(centre, row.point), row.place.iri, row.given_by.iri, row) for row in found if row.point)
    nearest = list(dict.fromkeys(iri for _, iri, _, _ in ranked))[:_MAX_BESIDE]
    return [row for _, iri, _, row in ranked if iri in nearest]


def _distance(one: Point, other: Point) -> float:
    """In degrees of latitude; near enough to say which of two is nearer."""
    latitude = radians(float(one.latitude))
    east = (float(one.longitude) - float(other.longitude) + 180) % 360 - 180
    return hypot(float(one.latitude) - float(other.latitude), east * cos(latitude))


def _home_graph(store: Store, geometry: str) -> str:
    """The graph that describes a geometry."""
    quad = next(store.match(ox.NamedNode(geometry), None, None), None)
    return quad.graph_name.value if quad and isinstance(quad.graph_name, ox.NamedNode) else ""
