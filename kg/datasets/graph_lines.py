"""The N-Quads of one graph by subject, on disk: for graphs that are compared and are too large for memory.

Owns the file. Knows lines of N-Quads in their canonical form, as the engine writes them.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

_BATCH = 10_000
_TABLE = "CREATE TABLE line (subject TEXT NOT NULL, predicate TEXT NOT NULL, object TEXT NOT NULL)"
_INDEXES = "CREATE INDEX by_subject ON line (subject); CREATE INDEX by_object ON line (predicate, object);"


class GraphLines:
    """Triples of one graph: subject and predicate as IRIs, the object as N-Quads has it.

    Raises OSError or sqlite3.Error.
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect("")  # a temporary file, removed when it is closed

    def __enter__(self) -> "GraphLines":
        self._connection.execute(_TABLE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def read_file(self, path: Path) -> None:
        """Read a document of N-Quads."""
        with path.open(encoding="utf-8", newline="\n") as file:
            self._insert(_part(line) for line in file)

    def read_quads(self, quads: Iterable[ox.Quad]) -> None:
        """Read quads."""
        self._insert(_part(f"{quad} .") for quad in quads)

    def _insert(self, rows: Iterator[tuple[str, str, str]]) -> None:
        while batch := list(islice(rows, _BATCH)):
            self._connection.executemany("INSERT INTO line VALUES (?, ?, ?)", batch)
        self._connection.executescript(_INDEXES)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been read."""
        return self._connection.execute("SELECT 1 FROM line LIMIT 1").fetchone() is None

    def of_subject(self, subject: str) -> list[tuple[str, str]]:
        """Predicates and objects of a subject, sorted, each once."""
        query = "SELECT DISTINCT predicate, object FROM line WHERE subject = ? ORDER BY 1, 2"
        return self._connection.execute(query, (subject,)).fetchall()

    def subjects(self, predicate: str, object_: str) -> Iterator[str]:
        """The subjects with this property, sorted."""
        query = "SELECT DISTINCT subject FROM line WHERE predicate = ? AND object = ? ORDER BY 1"
        with closing(self._connection.cursor()) as cursor:
            for (subject,) in cursor.execute(query, (predicate, object_)):
                yield subject

    def objects(self, predicate: str) -> Iterator[str]:
        """What anything has as this property, sorted."""
        query = "SELECT DISTINCT object FROM line WHERE predicate = ? ORDER BY 1"
        with closing(self._connection.cursor()) as cursor:
            for (object_,) in cursor.execute(query, (predicate,)):
                yield object_


def _part(line: str) -> tuple[str, str, str]:
    """Subject, predicate and object of a line; of these only an object has spaces."""
    subject, predicate, rest = line.rstrip("\n").split(" ", 2)
    object_, _graph, _end = rest.rsplit(" ", 2)
    return subject[1:-1], predicate[1:-1], object_


def link_of(object_: str) -> str:
    """The IRI that an object is; empty for a literal."""
    return object_[1:-1] if object_.startswith("<") else ""


def to_lines(subject: str, properties: Sequence[tuple[str, str]], graph: str) -> str:
    """The triples as N-Quads."""
    return "".join(f"<{subject}> <{predicate}> {object_} <{graph}> .\n" for predicate, object_ in properties)
