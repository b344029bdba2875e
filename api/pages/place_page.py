"""What the page of a place says first: in whose zone it is, at which coordinates, and what is said to have happened.

Zones and coordinates are answers of the catalogue, so that page and question agree; accounts are read from the bounded
description. Owns no words of a verdict.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from api.pages.claim import ClaimRow, build_claim
from api.pages.render import QUERIES
from kg.namespaces import CK, INCIDENT_ACCOUNT
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.status.sentence import Sentence
from kg.store.interface import Store
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, text_of
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import ValueView

_ZONES = QueryTemplate.read(QUERIES / "zones-of-place.rq")
_COVERS, _COORDINATES = "does-zone-cover-place", "at-which-coordinates-does-a-place-lie"
_WKT_POINT = re.compile(r"POINT\s*\(\s*(?P<longitude>[-\d.]+)\s+(?P<latitude>[-\d.]+)\s*\)", re.IGNORECASE)
_ROLES = ("location", "locationCandidate", "near")


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """Whether a zone covers the place: the answer in one sentence."""

    zone: ValueView
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class CoordinatesRow:
    """Coordinates as somebody gives them."""

    point: str
    """Latitude and longitude in degrees; empty for another shape."""
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


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What is said to have happened at the place, in which incident, with who says so."""

    incidents: tuple[ValueView, ...]
    role: str
    claim: ClaimRow


def place_values(builder: ViewBuilder, store: Store, catalogue: Catalogue, base_iri: str) -> dict[str, Any]:
    """The values that the template of a place has besides those of any thing."""
    place = builder.description.focus
    return {
        "zones": list(_ask_zones(place, store, catalogue, base_iri)),
        "coordinates": list(_ask_coordinates(place, store, catalogue, base_iri)),
        "accounts": list(_read_accounts(builder)),
    }


def _ask_zones(place: str, store: Store, catalogue: Catalogue, base_iri: str) -> Iterator[ZoneRow]:
    """Whether each zone covers the place, where anybody says anything of that."""
    for row in _ZONES.select_each(store, [ox.NamedNode(place)]).rows:
        zone = text_of(row["zone"])
        answer = catalogue.ask(_COVERS, {"zone": zone, "place": place}, store, base_iri)
        if isinstance(answer, YesNoAnswer) and answer.grounds:
            yield ZoneRow(_name(zone, answer.names), answer.sentence)


def _ask_coordinates(place: str, store: Store, catalogue: Catalogue, base_iri: str) -> Iterator[CoordinatesRow]:
    answer = catalogue.ask(_COORDINATES, {"place": place}, store, base_iri)
    assert isinstance(answer, TableAnswer)
    rows = {(text_of(row["statement"]), text_of(row["geometry"])): row for row in reversed(answer.rows)}
    homes = {geometry: _home_graph(store, geometry) for _, geometry in rows}
    names = {**answer.names, **fetch_names(store, map(ox.NamedNode, filter(None, homes.values())))}
    for (statement, geometry), row in reversed(rows.items()):  # there is one for each quote
        wkt = text_of(row["wkt"])
        point = _WKT_POINT.search(wkt)
        hedge, source, precision = (text_of(row[name]) for name in ("hedge", "source", "precision"))
        yield CoordinatesRow(
            point=f"{point['latitude']}, {point['longitude']}" if point else "",
            wkt=wkt,
            precision=_name(precision, names) if precision else None,
            given_by=_name(text_of(row["speaker"]) if statement else homes[geometry], names),
            act=text_of(row["act"]),
            hedge=_name(hedge, names) if hedge else None,
            source=_name(source, names) if source else None,
            statement=statement,
            note=text_of(row["note"]),
        )


def _name(iri: str, names: Mapping[str, str]) -> ValueView:
    return ValueView(names.get(iri, iri.rsplit("/", 1)[-1]), iri)


def _home_graph(store: Store, geometry: str) -> str:
    """The graph that describes a geometry."""
    quad = next(store.match(ox.NamedNode(geometry), None, None), None)
    return quad.graph_name.value if quad and isinstance(quad.graph_name, ox.NamedNode) else ""


def _read_accounts(builder: ViewBuilder) -> Iterator[AccountRow]:
    about = builder.description
    for role in _ROLES:
        for iri in sorted({*about.referrers(f"{CK}{role}", about.focus)} & builder.propositions):
            if INCIDENT_ACCOUNT in about.types(iri):
                incidents = tuple(map(builder.build_link, about.iris(iri, f"{CK}incident")))
                claim = build_claim(builder, builder.build_proposition(iri))
                if claim.voices:
                    yield AccountRow(incidents, role, claim)
