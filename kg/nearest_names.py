"""Known names that are close to a misspelt one, for "did you mean" hints.

Owns the similarity measure: edit similarity on folded text, of the whole and of the words that differ, so that one word
of several is not exchanged for another; then names that contain the word. Knows nothing of what the names stand for.
"""

from collections import Counter
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from kg.name_folding import fold_name

MAX = 5
_CUTOFF = 60
_WORD_CUTOFF = 70
"""In per cent, of the words that differ: below it they are other words, such as south-west and north-east."""
_SHARED_BEGINNING = 3
"""Letters that a single word below that cutoff shares, such as deny and denies; militants are no civilians."""


def nearest_names(name: str, known: Iterable[str], limit: int = MAX) -> tuple[str, ...]:
    """At most ``limit`` of the known names that resemble ``name``, nearest first."""
    by_folded: dict[str, list[str]] = {}
    for candidate in sorted(known):
        by_folded.setdefault(fold_name(candidate), []).append(candidate)
    wanted = fold_name(name)
    close = process.extract(wanted, list(by_folded), scorer=fuzz.ratio, limit=4 * limit, score_cutoff=_CUTOFF)
    similar = [folded for folded, *_ in close if _is_misspelt(wanted, folded)]
    containing = [folded for folded in by_folded if wanted and wanted in folded and folded not in similar]
    return tuple(candidate for folded in [*similar, *containing] for candidate in by_folded[folded])[:limit]


def suggest_names(name: str, known: Iterable[str]) -> str:
    """A question that offers the nearest of the known names; empty when none is near."""
    nearest = nearest_names(name, known, 3)
    return f"Did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""


def _is_misspelt(wanted: str, folded: str) -> bool:
    """Whether a single word is near; where there are several, whether the words that differ resemble each other."""
    one, other = Counter(wanted.split()), Counter(folded.split())
    if one.total() == other.total() == 1:
        is_near = fuzz.ratio(folded, wanted) >= _WORD_CUTOFF
        return is_near or wanted[:_SHARED_BEGINNING] == folded[:_SHARED_BEGINNING]
    different, others = " ".join((one - other).elements()), " ".join((other - one).elements())
    return not (different and others) or fuzz.ratio(different, others) >= _WORD_CUTOFF
