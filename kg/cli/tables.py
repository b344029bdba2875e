"""Query solutions as aligned columns for a terminal."""

import pyoxigraph as ox

_WIDEST = 60


def as_text(solutions: ox.QuerySolutions) -> str:
    """A header, a rule, a line a solution and a count; IRIs in full, plain literals by their text alone."""
    names = [variable.value for variable in solutions.variables]
    rows = [[_cell(solution[index]) for index in range(len(names))] for solution in solutions]
    widths = [min(_WIDEST, max(len(cell) for cell in column)) for column in zip(names, *rows, strict=True)]
    lines = [names, ["-" * width for width in widths], *rows]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*drawn, "", f"{len(rows)} row{'' if len(rows) == 1 else 's'}", ""])


def _cell(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        return f"{term.value}@{term.language}" if term.language else term.value
    return "" if term is None else str(term)
