"""Constants whose text is no value of their datatype: nothing is equal to them, and every comparison is an error.

Owns the cure. The engine decides what it can read as a value, the grammar of EDTF what is a date.
"""

from collections.abc import Iterator, Mapping

from kg.edtf.grammar import parse
from kg.edtf.suggestion import suggest
from kg.namespaces import EDTF, GEO, GEOF, XSD
from kg.query_lint.constant_expression import has_value
from kg.query_lint.datatypes import STRING, accepted_families, stored_type
from kg.query_lint.syntax import Operand, QuerySyntax
from kg.query_lint.token_stream import literal_value

MAX_LITERALS = 100
"""Of one query that are examined."""
_WKT = f"{GEO}wktLiteral"
_EXAMPLES: Mapping[str, str] = {
    f"{XSD}{name}": f'"{example}"'
    for name, example in {
        "boolean": "true",
        "integer": "38",
        "decimal": "38.5",
        "double": "3.8e1",
        "float": "38.5",
        "date": "2017-08-07",
        "dateTime": "2017-08-07T18:55:00",
        "time": "18:55:00",
        "gYear": "2017",
        "gYearMonth": "2017-08",
        "gMonth": "--08",
        "gMonthDay": "--08-07",
        "gDay": "---07",
        "duration": "P1Y2M3DT4H",
        "dayTimeDuration": "P3DT4H",
        "yearMonthDuration": "P1Y2M",
    }.items()
} | {_WKT: '"POINT(36.3 33.5)": longitude first, in degrees, without a reference system', EDTF: '"2017-08-07"'}


def find_malformed(syntax: QuerySyntax, *, is_governed: bool) -> Iterator[tuple[Operand, str, str]]:
    """Typed constants without a value, the datatype, and what to write instead.

    ``is_governed``: no value in the data is malformed, so that none is the same term either.
    """
    seen: set[tuple[str, str | None]] = set()
    for literal, datatype in _find_typed(syntax, is_governed):
        key = literal.text, datatype
        if key in seen or len(seen) >= MAX_LITERALS or datatype is None:
            continue
        seen.add(key)
        if not _is_value(literal.text, datatype):
            yield literal, datatype, _cure(literal.text, datatype)


def _find_typed(syntax: QuerySyntax, is_governed: bool) -> Iterator[tuple[Operand, str | None]]:
    """Literals that are compared, given to a function that needs their value, or cast; and those of patterns."""
    for comparison in syntax.comparisons:
        if is_governed or comparison.operator in ("<", ">", "<=", ">="):
            for side in (comparison.left, comparison.right):
                yield from ((literal, literal.type_) for literal in _literals(side, syntax))
    for call in syntax.calls:
        if call.function.startswith(XSD):
            texts = (literal for given in call.arguments[:1] for literal in _literals(given, syntax))
            yield from ((literal, call.function) for literal in texts if literal.type_ == STRING)
        elif accepted_families(call.function):
            for given in call.arguments:
                yield from ((literal, literal.type_) for literal in _literals(given, syntax))
    if is_governed:
        yield from ((constant.literal, constant.literal.type_) for constant in syntax.constants if constant.predicates)
        for variable in syntax.assigned.keys() & syntax.objects.keys():
            yield from ((literal, literal.type_) for literal in syntax.assigned[variable] if literal.text)


def _literals(operand: Operand, syntax: QuerySyntax) -> list[Operand]:
    """The operand if it is a literal, or the literals that are assigned to the variable."""
    return [value for value in (operand, *syntax.assigned.get(operand.variable, ())) if value.text]


def _is_value(quoted: str, datatype: str) -> bool:
    """Whether the text is a value of the datatype; also if that cannot be decided."""
    if datatype == EDTF:
        text = literal_value(quoted)
        return text is None or _is_edtf(text)
    if datatype == _WKT:
        term = f"{quoted}^^<{datatype}>"
        return has_value(f"<{GEOF}sfIntersects>({term}, {term})")
    datatype = stored_type(datatype)
    return datatype not in _EXAMPLES or quoted[:1] not in "'\"" or has_value(f"<{datatype}>({quoted})")


def _is_edtf(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _cure(quoted: str, datatype: str) -> str:
    """What it probably means, if that is a value; else an example."""
    text = literal_value(quoted) or ""
    end = "T00:00:00" if datatype == f"{XSD}dateTime" else ""
    meant = (f'"{date}{end if "T" not in date else ""}"' for date in [*suggest(text), text] if '"' not in date)
    return next((found for found in meant if _is_value(found, datatype)), _EXAMPLES[stored_type(datatype)])
