"""What the page of an actor says first: what it declared, what it is called by whom, what it says, what is said of it.

All is read from the bounded description: each claim with who says, denies or leaves it open.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from api.pages.incident_page import ClaimRow, build_claim
from kg.namespaces import CK, DECLARES
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import StatementView, ValueView


def actor_values(builder: ViewBuilder, made: Iterable[StatementView]) -> dict[str, Any]:
    """The values that the template of an actor has besides those of any thing. ``made``: what it says."""
    about = builder.description
    referring = {
        term.value for terms in about.subjects.get(about.focus, {}).values() for term in terms if hasattr(term, "value")
    }
    labellings = set(about.referrers(f"{CK}labelled", about.focus)) & builder.propositions
    return {
        "declared": [each for each in made if any(act.property == DECLARES for act in each.acts)],
        "names": [_name(builder, claim) for claim in _read_claims(builder, labellings)],
        "claims": _read_claims(builder, (referring & builder.propositions) - labellings),
    }


def _read_claims(builder: ViewBuilder, propositions: Iterable[str]) -> list[ClaimRow]:
    """Those on which anybody has a say; disputed ones first."""
    claims = [build_claim(builder, builder.build_proposition(iri)) for iri in sorted(propositions)]
    return sorted((claim for claim in claims if claim.voices), key=lambda claim: not claim.rejects)


def _name(builder: ViewBuilder, claim: ClaimRow) -> ClaimRow:
    label = builder.description.text(claim.proposition.iri, f"{CK}label")
    return replace(claim, proposition=ValueView(f"\u201c{label}\u201d", claim.proposition.iri)) if label else claim
