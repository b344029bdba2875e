"""A table as answer: rows of typed terms, with the names of what they point at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.questions.question import Question
from kg.store.interface import Queryable
from kg.store.query_template import Solution, Term, support, text_of

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The rows that answer a question, in the order of its query."""

    entry: Question
    terms: Mapping[str, Term]
    """The parameters that were given, as they were understood."""
    columns: tuple[str, ...]
    rows: tuple[Solution, ...]
    names: Names
    """The name of each IRI that has one."""


def tabled(entry: Question, terms: Mapping[str, Term], store: Queryable) -> TableAnswer:
    """The question's table for these terms."""
    found = entry.rows(terms, store)
    held = [term for row in found.rows for term in row.values()]
    return TableAnswer(entry, dict(terms), found.columns, found.rows, names_of([*held, *terms.values()], store))


def names_of(terms: Iterable[Term | None], store: Queryable) -> Names:
    """What the IRIs among the terms are called; the first name by rank and alphabet where there are several."""
    iris = {term for term in terms if isinstance(term, ox.NamedNode)}
    names: dict[str, str] = {}
    for row in support("names").select_each(store, iris).rows:
        names.setdefault(text_of(row["thing"]), text_of(row["name"]))
    return names
