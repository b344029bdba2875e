"""What a query wants the language of values to be: ``LANG(?label) = "fr"``, ``LANGMATCHES(LANG(?label), "fr")``.

Only where it is known which properties the values are of. Knows no data.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kg.query_lint.datatypes import STRING
from kg.query_lint.syntax import Operand, QuerySyntax
from kg.query_lint.token_stream import literal_value


@dataclass(frozen=True, slots=True)
class LanguageTest:
    """The tag that values of these properties are to have; a range matches longer tags too (RFC 4647, 3.3.1)."""

    predicates: tuple[str, ...]
    tag: str
    is_range: bool
    start: int

    def is_met_by(self, tags: Collection[str]) -> bool:
        """Whether one of the tags passes."""
        return any(tag == self.tag or (self.is_range and tag.startswith(f"{self.tag}-")) for tag in tags)


def find_language_tests(syntax: QuerySyntax) -> Iterator[LanguageTest]:
    """The tests of a variable that patterns with known predicates bind, and nothing else."""
    for comparison in syntax.comparisons:
        if comparison.operator == "=":
            for call, tag in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                yield from _read(call, tag, syntax, is_range=False)
    for call in syntax.calls:
        if call.function == "LANGMATCHES" and len(call.arguments) == 2:
            yield from _read(*call.arguments, syntax, is_range=True)


def _read(call: Operand, literal: Operand, syntax: QuerySyntax, *, is_range: bool) -> Iterator[LanguageTest]:
    tag = literal_value(literal.text) if literal.type_ == STRING and literal.text else ""
    if call.function != "LANG" or len(call.arguments) != 1 or not tag or tag == "*":
        return
    variable = call.arguments[0].variable
    bindings = [predicates for predicates, _ in syntax.objects.get(variable, ())]
    if bindings and None not in bindings and not syntax.types.get(variable) and (is_range or tag == tag.lower()):
        predicates = sorted({predicate for binding in bindings for predicate in binding or ()})
        yield LanguageTest(tuple(predicates), tag.lower(), is_range, literal.start)
