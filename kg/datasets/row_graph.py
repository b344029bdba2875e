"""Rows and codes as RDF, as mappings read them: a row has a text for each column that is not empty.

Owns their terms: those of CSV on the Web for tables and rows, columns in a namespace of their own. (CSVW, Generating
RDF from Tabular Data on the Web, section 4.) Columns with several values have a node for each.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from kg.datasets.source_format import ListColumn
from kg.datasets.table import ListItem, Row
from kg.namespaces import COLUMN, ROW, TYPE

CSVW = "http://www.w3.org/ns/csvw#"
_TABLE, _ROW = ox.NamedNode(f"{CSVW}Table"), ox.NamedNode(f"{CSVW}Row")
_HAS_ROW, _NUMBER, _URL = (ox.NamedNode(f"{CSVW}{name}") for name in ("row", "rownum", "url"))
_FILE = ox.NamedNode(f"{ROW}file")
_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_UNSAFE = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file whose rows are read."""

    name: str
    sha256: str
    characters: int


def column_property(name: str) -> ox.NamedNode:
    """The property of a column; what cannot stand in a prefixed name is a low line."""
    return ox.NamedNode(COLUMN + quote(_UNSAFE.sub("_", name)))


class RowGraph:
    """Makes the quads of rows of one file."""

    def __init__(self, file: SourceFile, lists: Mapping[str, ListColumn]) -> None:
        self._lists = lists
        self._columns: dict[str, ox.NamedNode] = {}
        self.of_file = (
            ox.Quad(_FILE, TYPE, _TABLE),
            ox.Quad(_FILE, _URL, ox.Literal(file.name)),
            ox.Quad(_FILE, _own("sha256"), ox.Literal(file.sha256)),
            ox.Quad(_FILE, _own("characters"), _integer(file.characters)),
        )
        """What is said of the file."""

    def of_row(self, row: Row) -> Iterator[ox.Quad]:
        """The quads of a row."""
        node = ox.NamedNode(f"{ROW}{row.number}")
        yield ox.Quad(_FILE, _HAS_ROW, node)
        yield ox.Quad(node, TYPE, _ROW)
        yield ox.Quad(node, _NUMBER, _integer(row.number))
        for property_, at in ((_LINE, row.line), (_START, row.start), (_END, row.start + len(row.text))):
            yield ox.Quad(node, property_, _integer(at))
        yield ox.Quad(node, _TEXT, ox.Literal(row.text))
        if row.form:
            yield ox.Quad(node, _FORM, ox.Literal(row.form))
        if row.repeats:
            yield ox.Quad(node, _REPEATS, _integer(row.repeats))
        for name, text in row.values.items():
            if (list_ := self._lists.get(name)) is None:
                yield ox.Quad(node, self._column(name), ox.Literal(text))
            else:
                yield from self._of_items(node, name, _items(text, list_))
        for name, items in row.lists.items():
            yield from self._of_items(node, name, items)

    def _of_items(self, node: ox.NamedNode, name: str, items: Sequence[ListItem]) -> Iterator[ox.Quad]:
        column = self._column(name)
        for number, item in enumerate(items, 1):
            child = ox.NamedNode(f"{node.value}/{column.value.removeprefix(COLUMN)}/{number}")
            yield ox.Quad(node, column, child)
            yield ox.Quad(child, _POSITION, _integer(number))
            yield ox.Quad(child, _TEXT, ox.Literal(item.text))
            for part, value in item.parts.items():
                yield ox.Quad(child, self._column(part), ox.Literal(value))
            for part, inner in item.lists.items():
                yield from self._of_items(child, part, inner)

    def _column(self, name: str) -> ox.NamedNode:
        if (known := self._columns.get(name)) is None:
            known = self._columns[name] = column_property(name)
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


def _own(name: str) -> ox.NamedNode:
    """A property of what is read, beside its columns."""
    return ox.NamedNode(f"{ROW}{name}")


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=_INTEGER)


_LINE, _START, _END, _TEXT, _POSITION = map(_own, ("line", "start", "end", "text", "position"))
_FORM, _REPEATS = map(_own, ("form", "repeats"))
