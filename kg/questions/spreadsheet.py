"""Answers as tables for spreadsheets: words in the head, names beside addresses, and who says each row.

Owns the columns. ``kg.spreadsheet_csv`` writes them.
"""

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.formats import name_of
from kg.questions.headings import heading_of
from kg.questions.statement_lookup import NamesByIri, StatementSummary
from kg.questions.table_layout import Saying, lay_out
from kg.spreadsheet_csv import MEDIA_TYPE, write_spreadsheet
from kg.status.wording import add_spaces
from kg.store.interface import Queryable
from kg.store.query_template import Term

SPREADSHEET = MEDIA_TYPE
_SAID: Mapping[str, str] = {
    "speaker": "who says so",
    "act": "what the speaker did",
    "hedge": "how certain the wording is",
    "explicitness": "how openly it is said",
    "saidTo": "said to",
    "saidWhen": "when it was said",
    "words": "in the words",
    "source": "source",
    "reporter": "published by",
    "statement": "statement",
}
"""What is told of each statement: the columns that a row of an answer may have instead, and their headings."""


def to_spreadsheet(answer: YesNoAnswer | TableAnswer, store: Queryable, base_iri: str) -> bytes:
    """All rows of the answer; of a verdict, a row for each statement shown."""
    if isinstance(answer, TableAnswer):
        return _write_table(answer, store, base_iri)
    head = ("answer", "what the statement does", *_SAID.values())
    told = [("decides", statement) for statement in answer.grounds]
    told += [(related.how, related.statement) for related in answer.related]
    rows = [(answer.headline, how, *_said([Saying("", statement)], answer.names)) for how, statement in told]
    rows += [(answer.headline, "searched", *[""] * 7, name_of(each, answer.names), "", "") for each in answer.searched]
    return write_spreadsheet(head, rows or [(answer.headline, *[""] * (len(head) - 1))])


def _write_table(answer: TableAnswer, store: Queryable, base_iri: str) -> bytes:
    """Each column of the answer under its words, an address beside each name; then who says the row."""
    table = lay_out(answer, store, base_iri)
    columns: list[tuple[str, bool]] = []
    for column in answer.columns:
        if column not in _SAID:
            has_addresses = any(isinstance(row[column], ox.NamedNode) for row in answer.rows)
            columns += [(column, False), (column, True)] if has_addresses else [(column, False)]
    head = [f"{heading_of(column)} (address)" if is_address else heading_of(column) for column, is_address in columns]
    rows = (
        [
            *(
                _address(row[column]) if is_address else name_of(row[column], table.names)
                for column, is_address in columns
            ),
            *(_said(readable.sayings, table.names) or (name_of(row.get(column), table.names) for column in _SAID)),
        ]
        for row, readable in zip(answer.rows, table.rows, strict=True)
    )
    return write_spreadsheet([*head, *_SAID.values()], rows)


def _address(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _said(sayings: Sequence[Saying], names: NamesByIri) -> list[str]:
    """Who says it, by the statements of a row, each with its part in the row; nothing of a row that has none."""
    if not sayings:
        return []
    cells = [_cells(saying.summary, names) for saying in sayings]
    if len(sayings) == 1:
        return cells[0]
    parts = [saying.heading for saying in sayings]
    return [_join(parts, texts) for texts in zip(*cells, strict=True)]


def _join(parts: Iterable[str], texts: Iterable[str]) -> str:
    told = ((part, text) for part, text in zip(parts, texts, strict=True) if text)
    return " | ".join(f"{part}: {text}" if part else text for part, text in told)


def _cells(statement: StatementSummary, names: NamesByIri) -> list[str]:
    return [
        name_of(statement.speaker, names),
        statement.deed,
        add_spaces(statement.hedge),
        statement.explicitness,
        ", ".join(name_of(each, names) for each in statement.said_to),
        statement.said_when,
        " / ".join(statement.words),
        name_of(statement.source, names),
        name_of(statement.reporter, names) if statement.reporter else "",
        statement.iri,
    ]
