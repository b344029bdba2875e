"""Which rows have no statement of their own: in the graph nothing tells them from earlier rows.

Owns the temporary table of statements with the first row that becomes each. Rows may be meant to say one thing
together, so this is found and never refused.
"""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Self

from kg.datasets.mapping import MadeStatement, MappedBatch, RowFinding

NO_OWN_STATEMENT = "no-own-statement"
"""The rule of rows of which earlier rows have become every statement."""


class SharedStatements:
    """The statements so far, on disk, so that memory does not grow with the files. A context."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a temporary file, once it is larger than SQLite's cache
        self._database.execute("CREATE TABLE made (iri TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID")

    def find(self, file: Path, mapped: MappedBatch) -> Iterator[RowFinding]:
        """The rows of a batch of this file without a statement of their own."""
        for row, group in groupby(sorted(mapped.made, key=attrgetter("row", "statement")), attrgetter("row")):
            statements = list(group)
            earlier = [self._note(file, made) for made in statements]
            if all(earlier):
                first, message = statements[0], f"{earlier[0]} becomes the same statement: nothing tells the rows apart"
                yield RowFinding(row, first.line, NO_OWN_STATEMENT, message, first.statement)

    def _note(self, file: Path, made: MadeStatement) -> str:
        """The earlier row that has become the statement; empty if none has."""
        insert = "INSERT OR IGNORE INTO made VALUES (?, ?)"
        if self._database.execute(insert, (made.statement, f"the row on line {made.line} of {file.name}")).rowcount:
            return ""
        place: str = self._database.execute("SELECT place FROM made WHERE iri = ?", (made.statement,)).fetchone()[0]
        return place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
