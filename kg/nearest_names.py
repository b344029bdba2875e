"""Known names that are close to a misspelt one, for "did you mean" hints.

Owns the similarity measure: edit similarity on case-folded text, then names that contain the word. Knows nothing of
what the names stand for.
"""

from collections.abc import Iterable
from difflib import get_close_matches

MAX = 5
_CUTOFF = 0.6
_STRAIGHT_QUOTES = str.maketrans("\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}", "''")


def nearest_names(name: str, known: Iterable[str], limit: int = MAX) -> tuple[str, ...]:
    """At most ``limit`` of the known names that resemble ``name``, nearest first."""
    by_folded = {fold_spelling(candidate): candidate for candidate in sorted(known)}
    wanted = fold_spelling(name)
    similar = get_close_matches(wanted, by_folded, limit, _CUTOFF)
    containing = [folded for folded in by_folded if wanted and wanted in folded and folded not in similar]
    return tuple(by_folded[folded] for folded in [*similar, *containing][:limit])


def suggest_names(name: str, known: Iterable[str]) -> str:
    """A question that offers the nearest of the known names; empty when none is near."""
    nearest = nearest_names(name, known, 3)
    return f"Did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""


def fold_spelling(text: str) -> str:
    """The text without differences of case, of surrounding space and of apostrophe style."""
    return text.translate(_STRAIGHT_QUOTES).casefold().strip()
