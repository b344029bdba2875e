"""SPARQL results made ready to be shown: cells that know whether they are links, words in a language, or data."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.store.interface import QueryResult

ROWS_MAX = 500
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LINKED = ("http", "https", "mailto")


@dataclass(frozen=True, slots=True)
class TableCell:
    """One term; ``href`` only where following it is safe."""

    text: str
    href: str = ""
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows under named columns; a cell is None where the variable is unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[TableCell | None, ...], ...]
    is_cut: bool = False
    """There are more rows than these."""


def build_table(solutions: QueryResult, rows_max: int = ROWS_MAX) -> ResultTable:
    """The first rows of a SELECT."""
    assert isinstance(solutions, ox.QuerySolutions)
    columns = tuple(variable.value for variable in solutions.variables)
    rows = [_row(solution) for solution in islice(solutions, rows_max + 1)]
    return ResultTable(columns, tuple(rows[:rows_max]), len(rows) > rows_max)


def _row(
    solution: Iterable[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None],
) -> tuple[TableCell | None, ...]:
    return tuple(None if term is None else build_cell(term) for term in solution)


def build_cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> TableCell:
    """The term as it is shown."""
    match term:
        case ox.NamedNode():
            return TableCell(term.value, href=term.value if urlsplit(term.value).scheme in _LINKED else "")
        case ox.Literal():
            datatype = "" if term.language or term.datatype.value == _XSD_STRING else term.datatype.value
            return TableCell(term.value, language=term.language or "", datatype=datatype)
        case _:
            return TableCell(str(term))
