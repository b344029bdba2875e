"""Rows as RDF, as mappings read them: a row has a text for each column that is not empty.

Owns their terms: those of CSV on the Web for tables and rows, columns in a namespace of their own. (CSVW, Generating
RDF from Tabular Data on the Web, section 4.) Columns with several values have a node for each.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from kg.datasets.source_format import ListColumn, local_name
from kg.datasets.table import ListItem, Row
from kg.namespaces import COLUMN, ROW, TYPE

CSVW = "http://www.w3.org/ns/csvw#"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_ESCAPED = re.compile(r'[\\"\n\r]')
"""What a literal of N-Triples does not contain as it is (RDF 1.1 N-Triples, STRING_LITERAL_QUOTE)."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file whose rows are read."""

    name: str
    sha256: str
    characters: int


def column_property(name: str) -> ox.NamedNode:
    """The property of a column."""
    return ox.NamedNode(COLUMN + quote(local_name(name)))


class RowGraph:
    """Writes rows of one file as N-Triples."""

    def __init__(self, file: SourceFile, lists: Mapping[str, ListColumn]) -> None:
        self._file, self._lists = file, lists
        self._columns: dict[str, str] = {}

    def describe_file(self) -> str:
        """The triples about the file."""
        file = self._file
        return (
            f"{_FILE} {_TYPE} {_TABLE} .\n"
            f"{_FILE} {_URL} {_text(file.name)} .\n"
            f"{_FILE} {_SHA256} {_text(file.sha256)} .\n"
            f"{_FILE} {_CHARACTERS} {_integer(file.characters)} .\n"
        )

    def describe_row(self, row: Row) -> str:
        """The triples about a row."""
        iri = f"{ROW}{row.number}"
        node = f"<{iri}>"
        lines = [
            f"{_FILE} {_HAS_ROW} {node} .\n"
            f"{node} {_TYPE} {_ROW} .\n"
            f"{node} {_NUMBER} {_integer(row.number)} .\n"
            f"{node} {_LINE} {_integer(row.line)} .\n"
            f"{node} {_START} {_integer(row.start)} .\n"
            f"{node} {_END} {_integer(row.start + len(row.text))} .\n"
            f"{node} {_TEXT} {_text(row.text)} .\n"
        ]
        if row.form:
            lines.append(f"{node} {_FORM} {_text(row.form)} .\n")
        if row.repeats:
            lines.append(f"{node} {_REPEATS} {_integer(row.repeats)} .\n")
        for name, value in row.values.items():
            if name in self._lists:
                lines += self._describe_list(iri, name, _items(value, self._lists[name]))
            else:
                lines.append(f"{node} {self._column(name)} {_text(value)} .\n")
        for name, items in row.lists.items():
            lines += self._describe_list(iri, name, items)
        return "".join(lines)

    def _describe_list(self, iri: str, name: str, items: Sequence[ListItem]) -> Iterator[str]:
        """A node for each value; a value may have lists itself."""
        column = self._column(name)
        for number, item in enumerate(items, 1):
            inner = f"{iri}/{column[1:-1].removeprefix(COLUMN)}/{number}"
            node = f"<{inner}>"
            yield f"<{iri}> {column} {node} .\n"
            yield f"{node} {_POSITION} {_integer(number)} .\n"
            yield f"{node} {_TEXT} {_text(item.text)} .\n"
            for part, value in item.parts.items():
                yield f"{node} {self._column(part)} {_text(value)} .\n"
            for part, values in item.lists.items():
                yield from self._describe_list(inner, part, values)

    def _column(self, name: str) -> str:
        if (known := self._columns.get(name)) is None:
            known = self._columns[name] = str(column_property(name))
        return known


def _items(text: str, list_: ListColumn) -> list[ListItem]:
    """The values of a list, with their parts if all of it parses; if not, one as it is given."""
    if list_.pattern is None:
        return [ListItem(part.strip()) for part in text.split(list_.separator) if part.strip()]
    items: list[ListItem] = []
    end = 0
    while end < len(text):
        match = list_.pattern.match(text, end)
        if not match or match.end() == end:
            return [ListItem(text)]
        parts = {name: part for name, part in match.groupdict().items() if part and part.strip()}
        items.append(ListItem(match[0], parts))
        end = match.end()
    return items


def _csvw(name: str) -> str:
    return f"<{CSVW}{name}>"


def _own(name: str) -> str:
    """A term for what is read, beside columns."""
    return f"<{ROW}{name}>"


def _text(value: str) -> str:
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match[0]]


def _integer(value: int) -> str:
    return f'"{value}"^^<{_INTEGER}>'


_TYPE = str(TYPE)
_TABLE, _ROW, _HAS_ROW, _NUMBER, _URL = map(_csvw, ("Table", "Row", "row", "rownum", "url"))
_FILE, _SHA256, _CHARACTERS = map(_own, ("file", "sha256", "characters"))
_LINE, _START, _END, _TEXT, _POSITION = map(_own, ("line", "start", "end", "text", "position"))
_FORM, _REPEATS = map(_own, ("form", "repeats"))
