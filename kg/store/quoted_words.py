"""Statements by the words of their quotes.

Owns what counts as the same words: whole words, without differences of case, marks and hyphens. Searches no archived
text.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kg.name_folding import fold_name
from kg.store.interface import Queryable
from kg.store.labels import fetch_names
from kg.store.query_template import SolutionSequence, slug_of, text_of

_QUOTED_WORDS = Path(__file__).with_name("quoted-words.rq").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class QuotedStatement:
    """A statement with words that it quotes, and the names of its speakers."""

    iri: str
    words: str
    speakers: tuple[str, ...]


def find_quotes(store: Queryable, words: str, limit: int) -> tuple[QuotedStatement, ...]:
    """At most so many statements that quote these words, in the order of their IRIs."""
    wanted = fold_name(words)
    rows = SolutionSequence.select(store, _QUOTED_WORDS).rows
    quoting = [row for row in rows if wanted and f" {wanted} " in f" {fold_name(text_of(row['words']))} "]
    names = fetch_names(store, (row["speaker"] for row in quoting))
    return tuple(
        QuotedStatement(iri, quoted, tuple(names.get(text_of(r["speaker"]), slug_of(r["speaker"])) for r in group))
        for (iri, quoted), group in groupby(quoting, lambda row: (text_of(row["statement"]), text_of(row["words"])))
    )[:limit]
