"""Constant patterns of REGEX and REPLACE that the engine cannot compile: such a call has no value for any text."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.execution.sparql_lexer import line_and_column
from kg.query_lint.syntax import Operand, QuerySyntax

_PATTERN_ARGUMENT = {"REGEX": 1, "REPLACE": 1}
_FLAGS_ARGUMENT = {"REGEX": 2, "REPLACE": 3}


def find_refusals(syntax: QuerySyntax, text: str) -> Iterator[str]:
    """Why the engine could not use a pattern of the query, and where it stands."""
    for call in syntax.calls:
        position = _PATTERN_ARGUMENT.get(call.function)
        if position is None or len(call.arguments) <= position or not _is_constant(call.arguments[position]):
            continue
        pattern = call.arguments[position]
        flags = call.arguments[_FLAGS_ARGUMENT[call.function] :][:1]
        if any(not _is_constant(flag) for flag in flags) or _compiles(pattern, *flags):
            continue
        line, column = line_and_column(text, pattern.start)
        with_flags = f" with the flags {flags[0].text}" if flags else ""
        yield (
            f"line {line}, column {column}: the pattern {pattern.text[:200]} of {call.function} cannot be compiled"
            f"{with_flags}; there is no look-around and no back-reference, and the flags are s, m, i, x and q"
        )


def _is_constant(operand: Operand) -> bool:
    return operand.text[:1] in ("'", '"') and not operand.variable


def _compiles(pattern: Operand, *flags: Operand) -> bool:
    """Whether the engine can use the pattern: else the call has no value, whatever the text is."""
    arguments = ", ".join(['""', pattern.text, *(flag.text for flag in flags)])
    solutions = ox.Store().query(f"SELECT (REGEX({arguments}) AS ?value) {{}}")
    assert isinstance(solutions, ox.QuerySolutions)
    return next(solutions)["value"] is not None
