"""Constant patterns of REGEX and REPLACE that the engine cannot compile: such a call has no value for any text.

A variable to which nothing but constants is assigned (BIND, VALUES) is constant too.
"""

from collections.abc import Iterator, Sequence

from kg.execution.sparql_lexer import line_and_column
from kg.query_lint.constant_expression import has_value
from kg.query_lint.syntax import Operand, QuerySyntax

_MAX_PATTERNS = 50
"""Of one variable that are compiled."""
_PATTERN_ARGUMENT = {"REGEX": 1, "REPLACE": 1}
_FLAGS_ARGUMENT = {"REGEX": 2, "REPLACE": 3}


def find_refusals(syntax: QuerySyntax, text: str) -> Iterator[str]:
    """Why the engine could not use a pattern of the query, and where it stands."""
    for call in syntax.calls:
        position = _PATTERN_ARGUMENT.get(call.function)
        if position is None or len(call.arguments) <= position:
            continue
        flags = call.arguments[_FLAGS_ARGUMENT[call.function] :][:1]
        patterns = _constants(call.arguments[position], syntax)
        if not all(map(_is_constant, (*patterns, *flags))):
            continue
        pattern = next((pattern for pattern in patterns if not _compiles(pattern, *flags)), None)
        if pattern is None:
            continue
        line, column = line_and_column(text, pattern.start)
        with_flags = f" with the flags {flags[0].text}" if flags else ""
        yield (
            f"line {line}, column {column}: the pattern {pattern.text[:200]} of {call.function} cannot be compiled"
            f"{with_flags}; there is no look-around and no back-reference, and the flags are s, m, i, x and q"
        )


def _constants(operand: Operand, syntax: QuerySyntax) -> Sequence[Operand]:
    """The operand, or all that is assigned to the variable; the variable itself if it may have other values."""
    assigned = syntax.assigned.get(operand.variable, [])
    is_only_assigned = len(assigned) == len(syntax.types.get(operand.variable, []))
    if not operand.variable or not assigned or not is_only_assigned or operand.variable in syntax.objects:
        return [operand]
    return assigned[:_MAX_PATTERNS]


def _is_constant(operand: Operand) -> bool:
    return operand.text[:1] in ("'", '"') and not operand.variable


def _compiles(pattern: Operand, *flags: Operand) -> bool:
    """Whether the engine can use the pattern: else the call has no value, whatever the text is."""
    arguments = ", ".join(['""', pattern.text, *(flag.text for flag in flags)])
    return has_value(f"REGEX({arguments})")
