"""SPARQL results as tables for pages: each cell a link, a text with its language, or a typed literal."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from api.http.links import external_link
from kg.namespaces import XSD
from kg.store.interface import QueryResult

MAX_ROWS = 500
_XSD_STRING = f"{XSD}string"


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
    """There are more rows."""


def build_table(solutions: QueryResult, max_rows: int = MAX_ROWS) -> ResultTable:
    """The first rows of a SELECT."""
    assert isinstance(solutions, ox.QuerySolutions)
    columns = tuple(variable.value for variable in solutions.variables)
    rows = [_build_row(solution) for solution in islice(solutions, max_rows + 1)]
    return ResultTable(columns, tuple(rows[:max_rows]), len(rows) > max_rows)


def _build_row(
    solution: Iterable[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None],
) -> tuple[TableCell | None, ...]:
    return tuple(None if term is None else build_cell(term) for term in solution)


def build_cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> TableCell:
    """The cell of a term."""
    match term:
        case ox.NamedNode():
            return TableCell(term.value, href=external_link(term.value))
        case ox.Literal():
            datatype = "" if term.language or term.datatype.value == _XSD_STRING else term.datatype.value
            return TableCell(term.value, language=term.language or "", datatype=datatype)
        case _:
            return TableCell(str(term))
