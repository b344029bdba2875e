"""Query solutions as a table of aligned columns for a terminal."""

import pyoxigraph as ox

from kg.text_direction import isolate

_MAX_WIDTH = 60


def format_table(solutions: ox.QuerySolutions) -> str:
    """A header, a rule, one line a solution and a count; IRIs in full, plain literals without datatype."""
    names = [variable.value for variable in solutions.variables]
    rows = [[_format_cell(solution[index]) for index in range(len(names))] for solution in solutions]
    widths = [min(_MAX_WIDTH, max(len(cell) for cell in column)) for column in zip(names, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (names, ["-" * width for width in widths], *rows)
    ]
    return "\n".join([*lines, "", f"{len(rows)} row{'' if len(rows) == 1 else 's'}", ""])


def _format_cell(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        text = isolate(term.value)
        return f"{text}@{term.language}" if term.language else text
    return "" if term is None else str(term)
