"""What the page of a zone says first: who declared it, its boundary, which places it covers, and what it is called.

All is read from the bounded description: each claim with who says, denies or leaves it open. Owns which claims belong
under which heading.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from api.pages.claim import ClaimRow, build_claim
from kg.namespaces import CK, DECLARES, VOCAB, ZONE_BOUNDARY
from kg.schema.model import local_name
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import PropositionView, StatementView, ValueView

_HEADINGS = {
    "boundary": "Its boundary",
    "place": "Which places it covers",
    "label": "What it is called, by whom",
}
"""Of the claims that have the property."""
_UNSPECIFIED = f"{VOCAB}extent/unspecified"
_OTHERS = "What else is said of it"


@dataclass(frozen=True, slots=True)
class ClaimSection:
    """Claims of one kind."""

    heading: str
    claims: tuple[ClaimRow, ...]


def zone_values(builder: ViewBuilder, statements: Iterable[StatementView]) -> dict[str, Any]:
    """The values that the template of a zone has besides those of any thing. ``statements``: those that act on it."""
    about = builder.description
    propositions = about.all_referrers(about.focus) & builder.propositions
    views = [builder.build_proposition(iri) for iri in sorted(propositions)]
    sections: dict[str, list[ClaimRow]] = {heading: [] for heading in (*_HEADINGS.values(), _OTHERS)}
    for view in views:
        claim = replace(build_claim(builder, view), proposition=ValueView(_summarize(builder, view), view.iri))
        if claim.voices:
            sections[_heading_of(builder, view.iri)].append(claim)
    return {
        "declarations": [each for each in statements if any(act.property == DECLARES for act in each.acts)],
        "sections": [ClaimSection(heading, tuple(claims)) for heading, claims in sections.items() if claims],
    }


def _summarize(builder: ViewBuilder, view: PropositionView) -> str:
    """A claim in few words, on the page of its zone: without the zone and its class."""
    about = builder.description
    if ZONE_BOUNDARY in about.types(view.iri):
        return "a boundary is defined"
    if label := about.text(view.iri, f"{CK}label"):
        return f"\u201c{label}\u201d"
    places = [builder.build_link(place).text for place in about.iris(view.iri, f"{CK}place")]
    extents = [builder.build_link(iri).text for iri in about.iris(view.iri, f"{CK}extent") if iri != _UNSPECIFIED]
    return " · ".join([", ".join(places), *extents]) if places else view.name or view.class_link.text


def _heading_of(builder: ViewBuilder, proposition: str) -> str:
    names = {local_name(predicate) for predicate in builder.description.objects.get(proposition, {})}
    if ZONE_BOUNDARY in builder.description.types(proposition):
        return _HEADINGS["boundary"]
    return next((heading for name, heading in _HEADINGS.items() if name in names), _OTHERS)
