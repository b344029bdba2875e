"""What the page of a place says first: in whose zone it is, at which coordinates, and what is said to have happened.

Zones and coordinates are answers of the catalogue, so that page and question agree; accounts are read from the bounded
description. Owns no words of a verdict.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from api.pages.actor_page import read_listings
from api.pages.claim import ClaimRow, build_claim
from api.pages.coordinates import ask_coordinates, has_map, list_beside
from api.pages.render import QUERIES
from kg.namespaces import CK, INCIDENT_ACCOUNT
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.status.sentence import Sentence
from kg.store.interface import Store
from kg.store.query_template import QueryTemplate, text_of
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import ValueView, link_by_name

_ZONES = QueryTemplate.read(QUERIES / "zones-of-place.rq")
_COVERS = "does-zone-cover-place"
_ZONES_OF_PLACE = "which-places-does-a-zone-cover"
_MAX_ZONES = 5
_ROLES = ("location", "locationCandidate", "near")


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """Whether a zone covers the place: the answer in one sentence."""

    zone: ValueView
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What is said to have happened at the place, in which incident, with who says so."""

    incidents: tuple[ValueView, ...]
    role: str
    claim: ClaimRow


def place_values(builder: ViewBuilder, store: Store, catalogue: Catalogue, base_iri: str) -> dict[str, Any]:
    """The values that the template of a place has besides those of any thing."""
    place = builder.description.focus
    coordinates = list(ask_coordinates(builder.build_link(place), store, catalogue, base_iri))
    accounts = list(_read_accounts(builder))
    listings = read_listings(builder, {row.claim.proposition.iri for row in accounts})
    zones = [text_of(row["zone"]) for row in _ZONES.select_each(store, [ox.NamedNode(place)]).rows]
    return {
        "zones": list(_ask_zones(zones[:_MAX_ZONES], place, store, catalogue, base_iri)),
        "more_zones": f"/questions/{_ZONES_OF_PLACE}?{urlencode({'place': place})}" if zones[_MAX_ZONES:] else "",
        "coordinates": coordinates,
        "beside": list_beside(store, place, coordinates),
        "has_map": has_map(),
        "accounts": accounts,
        **listings,
    }


def _ask_zones(
    zones: Iterable[str], place: str, store: Store, catalogue: Catalogue, base_iri: str
) -> Iterator[ZoneRow]:
    """Whether each zone covers the place, where anybody says anything of that."""
    for zone in zones:
        answer = catalogue.ask(_COVERS, {"zone": zone, "place": place}, store, base_iri)
        if isinstance(answer, YesNoAnswer) and answer.grounds:
            yield ZoneRow(link_by_name(zone, answer.names), answer.sentence)


def _read_accounts(builder: ViewBuilder) -> Iterator[AccountRow]:
    about = builder.description
    for role in _ROLES:
        for iri in sorted({*about.referrers(f"{CK}{role}", about.focus)} & builder.propositions):
            if INCIDENT_ACCOUNT in about.types(iri):
                incidents = tuple(map(builder.build_link, about.iris(iri, f"{CK}incident")))
                claim = build_claim(builder, builder.build_proposition(iri))
                if claim.voices:
                    yield AccountRow(incidents, role, claim)
