"""The places that claims name, where coordinates of them are known: what the pages of zones and incidents map.

That a claim names a place is said by the voices of the claim; where the place lies is given by somebody else. Both
stand in one row, so that a point is never shown as the place of an event or a part of a zone by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.pages.claim import ClaimRow
from api.pages.coordinates import CoordinatesRow, ask_coordinates, has_map
from kg.namespaces import CK
from kg.questions.catalogue import Catalogue
from kg.store.interface import Store
from kg.views.resource_view import ViewBuilder

_ROLES = ("place", "location", "locationCandidate", "near")
"""The properties by which a claim names a place."""
_MAX_PLACES = 10
_MAX_CLAIMS = 3
"""Claims that are repeated beside a place; the page has all of them."""


@dataclass(frozen=True, slots=True)
class NamingClaims:
    """Those that name one place: the first of them, and how many more there are."""

    first: tuple[ClaimRow, ...]
    more: int


def located_values(
    builder: ViewBuilder, claims: Iterable[ClaimRow], store: Store, catalogue: Catalogue, base_iri: str
) -> dict[str, Any]:
    """The values of the map of a page that shows these claims: rows of coordinates, and the claims by place."""
    naming: dict[str, list[ClaimRow]] = {}
    for claim in claims:
        for role in _ROLES:
            for place in builder.description.iris(claim.proposition.iri, f"{CK}{role}"):
                naming.setdefault(place, []).append(claim)
    named_most = sorted(naming, key=lambda place: (-len(naming[place]), place))[:_MAX_PLACES]
    rows: list[CoordinatesRow] = [
        row
        for place in named_most
        for row in ask_coordinates(builder.build_link(place), store, catalogue, base_iri)
        if row.point
    ]
    shown = {
        place: NamingClaims(tuple(found[:_MAX_CLAIMS]), max(len(found) - _MAX_CLAIMS, 0))
        for place, found in naming.items()
    }
    return {"located": rows, "naming": shown, "has_map": has_map()}
