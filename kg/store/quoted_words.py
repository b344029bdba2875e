"""Statements by the words of their quotes.

Owns what counts as the same words: whole words, without differences of case, marks and hyphens. Searches no archived
text.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from kg.name_folding import fold_name
from kg.store.interface import Queryable
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, slug_of, text_of

_QUOTED_WORDS = QueryTemplate.read(Path(__file__).with_name("quoted-words.rq"))


@dataclass(frozen=True, slots=True)
class QuotedStatement:
    """A statement with words that it quotes, the names of its speakers, and what it is about, if a proposition."""

    iri: str
    words: str
    speakers: tuple[str, ...]
    proposition: str = ""


def find_quotes(store: Queryable, words: str, limit: int) -> tuple[QuotedStatement, ...]:
    """At most so many statements that quote these words, in the order of their IRIs."""
    wanted = fold_name(words)
    if not wanted:
        return ()
    longest = max(wanted.split(), key=len)
    rows = _QUOTED_WORDS.select_each(store, [ox.Literal(longest)]).rows
    quoting = sorted(
        (*(text_of(row[column]) for column in ("statement", "words", "proposition")), text_of(row["speaker"]))
        for row in rows
        if f" {wanted} " in f" {fold_name(text_of(row['words']))} "
    )
    speakers = {text_of(row["speaker"]): row["speaker"] for row in rows}
    names = fetch_names(store, (speakers[speaker] for *_, speaker in quoting))
    found = []
    for (iri, quoted, proposition), group in groupby(quoting, lambda row: row[:3]):
        by = (speaker for *_, speaker in group)
        spoken = tuple(names.get(speaker, slug_of(speakers[speaker])) for speaker in by)
        found.append(QuotedStatement(iri, quoted, spoken, proposition))
    return tuple(found[:limit])
