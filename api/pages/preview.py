"""The preview of an entity: a small page without scripts, for the frames of other programs.

Owns what fits into it: the names that identify the entity, the names that only statements use with who uses or rejects
them, and how some of what is said of it stands.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from api.pages.claim import ClaimRow, build_claim
from kg.namespaces import CK, LABELLED, SKOS
from kg.store.query_template import text_of
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import ValueView

WIDTH, HEIGHT = 420, 260
_MAX_NAMES, _MAX_CALLED, _MAX_CLAIMS, _MAX_VOICES = 6, 3, 2, 3


def preview_values(builder: ViewBuilder) -> dict[str, Any]:
    """The values of the template for the focus of the description."""
    about, focus = builder.description, builder.description.focus
    claims = sorted(_read_claims(builder, about.all_referrers(focus) & builder.propositions), key=_rank)
    names = [claim for claim in claims if focus in about.iris(claim.proposition.iri, LABELLED)]
    others = [claim for claim in claims if claim not in names]
    return {
        "iri": focus,
        "title": builder.build_link(focus),
        "class_link": builder.build_class_link(focus),
        "names": _identifying_names(builder)[:_MAX_NAMES],
        "called": [(_labels(builder, claim), claim, claim.voices[:_MAX_VOICES]) for claim in names[:_MAX_CALLED]],
        "claims": [(claim, claim.voices[:_MAX_VOICES]) for claim in others[:_MAX_CLAIMS]],
        "more": max(0, len(names) - _MAX_CALLED) + max(0, len(others) - _MAX_CLAIMS),
        "is_cut": focus in about.incomplete,
    }


def _read_claims(builder: ViewBuilder, propositions: Iterable[str]) -> Iterable[ClaimRow]:
    claims = (build_claim(builder, builder.build_proposition(iri)) for iri in propositions)
    return (claim for claim in claims if claim.voices)


def _rank(claim: ClaimRow) -> tuple[bool, int, str]:
    """What somebody rejects comes first, then what most speak of."""
    return not claim.rejects, -len(claim.voices), claim.proposition.iri


def _identifying_names(builder: ViewBuilder) -> Sequence[ValueView]:
    about, title = builder.description, builder.build_link(builder.description.focus).text
    terms = [term for name in ("prefLabel", "altLabel") for term in about.values(about.focus, f"{SKOS}{name}")]
    views = [ValueView(text_of(term), language=getattr(term, "language", None) or "") for term in terms]
    return [view for view in views if view.text != title]


def _labels(builder: ViewBuilder, claim: ClaimRow) -> Sequence[ValueView]:
    terms = builder.description.values(claim.proposition.iri, f"{CK}label")
    return [ValueView(text_of(term), language=getattr(term, "language", None) or "") for term in terms]
