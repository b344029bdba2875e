"""The rules: what of a query, as it was read, explains an empty result that the query itself does not show.

A rule warns only where the schema and the engine leave no doubt; whatever is not known is taken to be right.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from kg.execution.sparql_lexer import line_and_column
from kg.namespaces import CK, PREFIXES, prefixed_name
from kg.query_lint.datatypes import (
    IRI,
    LANG_STRING,
    SAME_AS_FIRST,
    SEARCHES,
    STRING,
    accepted_families,
    accepts,
    can_be_true,
    has_boolean_value,
    stored_type,
)
from kg.query_lint.lexical_forms import find_malformed
from kg.query_lint.syntax import Comparison, IriTerm, Operand, Predicates, QuerySyntax, Role, Use
from kg.query_lint.vocabulary import SchemaVocabulary

_MAX_MESSAGE = 300
_CLOSE = 80
_MAX_OWNERS = 3
_TEXT_IN_TEXT = (frozenset({STRING}), frozenset({LANG_STRING}))
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class Rule(StrEnum):
    """What a warning is about; the name is its fragment on ``/warnings``."""

    UNKNOWN_TERM = "unknown-term"
    MISPLACED_TERM = "misplaced-term"
    NEVER_TRUE = "never-true"
    LANGUAGE_TAG = "language-tag"
    UNBOUND_VARIABLE = "unbound-variable"
    EMPTY_DATASET = "empty-dataset"


@dataclass(frozen=True, slots=True)
class QueryWarning:
    """One warning: the rule, what is meant and how to mend it, and where it stands in the text, counted from 1."""

    rule: Rule
    message: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


def create_warning(rule: Rule, message: str, text: str, offset: int) -> QueryWarning:
    """The warning about the text at the offset."""
    printable = "".join(character if character.isprintable() else " " for character in message)
    words = " ".join(printable.split())
    short = words if len(words) <= _MAX_MESSAGE else f"{words[:_MAX_MESSAGE]}..."
    return QueryWarning(rule, short, *line_and_column(text, offset))


def find_warnings(syntax: QuerySyntax, vocabulary: SchemaVocabulary, text: str) -> Iterator[QueryWarning]:
    """The warnings that need no data."""
    types = _Types(syntax, vocabulary)
    for operand, message in (
        *_find_comparisons(syntax, types),
        *_find_arguments(syntax, types),
        *_find_conditions(syntax, types),
        *_find_constants(syntax, types),
        *_find_malformed(syntax, vocabulary),
    ):
        yield create_warning(Rule.NEVER_TRUE, message, text, operand.start)
    for operand, message in _find_tags(syntax):
        yield create_warning(Rule.LANGUAGE_TAG, message, text, operand.start)
    for start, message in _find_foreign_properties(syntax, vocabulary):
        yield create_warning(Rule.MISPLACED_TERM, message, text, start)
    for start, message in _find_empty_datasets(syntax):
        yield create_warning(Rule.EMPTY_DATASET, message, text, start)
    for use, message in _find_unbound(syntax):
        yield create_warning(Rule.UNBOUND_VARIABLE, message, text, use.start)
    for name in syntax.names:
        if message := _misplaced(name.iri, name.role, vocabulary) or _other_kind(name, vocabulary):
            yield create_warning(Rule.MISPLACED_TERM, f"{name.text} {message}", text, name.start)


class _Types:
    """The types that operands may have."""

    def __init__(self, syntax: QuerySyntax, vocabulary: SchemaVocabulary) -> None:
        self._syntax, self._vocabulary = syntax, vocabulary
        self._of_variables: dict[str, frozenset[str] | None] = {}

    def of(self, operand: Operand) -> frozenset[str] | None:
        """All types of the operand; None if they are not known."""
        variable = operand.variable
        if not variable:
            if operand.function in SAME_AS_FIRST and operand.arguments:
                return self.of(operand.arguments[0])
            return frozenset({operand.type_}) if operand.type_ else None
        if variable not in self._of_variables:
            self._of_variables[variable] = self._of_variable(variable)
        return self._of_variables[variable]

    def _of_variable(self, variable: str) -> frozenset[str] | None:
        types: set[str] = set()
        for type_ in self._syntax.types.get(variable, ()):
            if type_ is None:
                return None
            types.add(type_)
        for predicates, _ in self._syntax.objects.get(variable, ()):
            known = self.of_objects(predicates)
            if known is None:
                return None
            types |= known
        return frozenset(types) or None

    def of_objects(self, predicates: Predicates) -> frozenset[str] | None:
        """The types of what one of the predicates leads to; None if they are not known."""
        types: set[str] = set()
        for predicate in predicates or ("",):
            known = self._vocabulary.types.get(predicate)
            if known is None:
                return None
            types |= known
        return frozenset(types)


def _find_comparisons(syntax: QuerySyntax, types: _Types) -> Iterator[tuple[Operand, str]]:
    for comparison in syntax.comparisons:
        left, right = types.of(comparison.left), types.of(comparison.right)
        if left is not None and right is not None and not can_be_true(comparison.operator, left, right):
            yield comparison.left, _describe_comparison(comparison, left, right)


def _describe_comparison(comparison: Comparison, left: frozenset[str], right: frozenset[str]) -> str:
    shown = f"{_show(comparison.left)} {comparison.operator} {_show(comparison.right)} is never true"
    if left == right:
        return f"{shown}: {_show_types(left)} has no order, only = compares it; compare STR(...), or dates"
    wanted, given = (right, left) if comparison.left.text else (left, right)
    return f"{shown}: {_show_types(left)} beside {_show_types(right)}. {_cure(wanted, given)}"


def _cure(wanted: frozenset[str], given: frozenset[str]) -> str:
    if wanted == {LANG_STRING}:
        return "Compare STR(...), or write the language tag"
    if wanted == {IRI}:
        return "Write an IRI, or compare STR(...)"
    if given == {IRI}:
        return f"Write {_show_types(wanted)}"
    return f"Write the value as {_show_types(wanted)}, or convert one of the two"


def _find_arguments(syntax: QuerySyntax, types: _Types) -> Iterator[tuple[Operand, str]]:
    for call in syntax.calls:
        function, all_known = call.function, list(map(types.of, call.arguments))
        wrong = next((at for at, known in enumerate(all_known) if known and not accepts(function, at, known)), None)
        if wrong is not None:
            known = all_known[wrong] or frozenset()
            shown = f"{_show_function(function)}({'..., ' * wrong}{_show(call.arguments[wrong])})"
            cure = _argument_cure(function, wrong, known, call.arguments[wrong])
            yield call, f"{shown} is always an error: the argument is {_show_types(known)}; {cure}"
        elif function in SEARCHES and tuple(all_known[:2]) == _TEXT_IN_TEXT:
            shown = f"{_show_function(function)}(..., {_show(call.arguments[1])})"
            yield call, f"{shown} is always an error: it seeks text with a language in text without; leave out the tag"


def _argument_cure(function: str, position: int, known: frozenset[str], argument: Operand) -> str:
    if argument.tag:
        return "leave out the tag"
    if function == "LANGMATCHES" and position == 0:
        return "write LANG(...) around it"
    if accepts(function, position, {STRING}) and STRING not in known:
        return "write STR(...) around it"
    return f"it takes {_show_types(accepted_families(function)[position])}"


def _find_conditions(syntax: QuerySyntax, types: _Types) -> Iterator[tuple[Operand, str]]:
    for condition in syntax.conditions:
        known = types.of(condition)
        if known is not None and not has_boolean_value(known):
            shown = f"FILTER({_show(condition)}) keeps no solution"
            yield condition, f"{shown}: {_show_types(known)} is neither true nor false; compare it, or write BOUND(...)"


def _find_constants(syntax: QuerySyntax, types: _Types) -> Iterator[tuple[Operand, str]]:
    """Literals of a type that no value of their property has: a pattern compares terms, not values."""
    for constant in syntax.constants:
        type_, known = constant.literal.type_, types.of_objects(constant.predicates)
        if type_ is not None and known is not None and stored_type(type_) not in known:
            shown = f"{_show(constant.literal)} matches nothing here"
            yield constant.literal, f"{shown}: it is {_show_type(type_)}, the property has {_show_types(known)}"
    for inline in syntax.inlines:
        given = {stored_type(type_) for type_ in inline.types if type_ is not None}
        for predicates, group in syntax.objects.get(inline.variable.variable, ()):
            known = types.of_objects(predicates)
            if group is inline.group and known is not None and None not in inline.types and not given & known:
                shown = f"no value of VALUES for {_show(inline.variable)} matches the property"
                yield inline.variable, f"{shown}: they are {_show_types(given)}, the property has {_show_types(known)}"


def _find_malformed(syntax: QuerySyntax, vocabulary: SchemaVocabulary) -> Iterator[tuple[Operand, str]]:
    for literal, datatype, cure in find_malformed(syntax, is_governed=bool(vocabulary.namespaces)):
        shown = f"{_show(literal)} is no {_show_type(datatype)}"
        yield literal, f"{shown}, so nothing is equal to it and every comparison is an error; write {cure}"


def _find_tags(syntax: QuerySyntax) -> Iterator[tuple[Operand, str]]:
    for comparison in syntax.comparisons:
        for call, literal in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
            tag = literal.text.strip("\"'")
            is_tag = literal.type_ == STRING and _LANGUAGE_TAG.fullmatch(tag)
            if call.function == "LANG" and is_tag and tag != tag.lower():
                shown = f'LANG(...) is never "{tag}"'
                yield literal, f'{shown}: language tags are stored in lower case; use LANGMATCHES(LANG(...), "{tag}")'


def _find_empty_datasets(syntax: QuerySyntax) -> Iterator[tuple[int, str]]:
    """Patterns on a part of the dataset that FROM or FROM NAMED leaves without a graph (section 13.2)."""
    if syntax.dataset == {"FROM"} and syntax.graph_patterns:
        yield syntax.graph_patterns[0], "GRAPH matches nothing: the query has FROM but no FROM NAMED; add it"
    if syntax.dataset == {"FROM NAMED"} and syntax.default_patterns:
        cure = "add FROM, or write GRAPH ?g { ... } around it"
        yield syntax.default_patterns[0], f"this matches nothing: the query has FROM NAMED but no FROM; {cure}"


def _find_unbound(syntax: QuerySyntax) -> Iterator[tuple[Use, str]]:
    reported: set[tuple[str, str]] = set()
    for use in syntax.uses:
        context = use.context
        message = _unbound(use, syntax)
        if message and (use.variable, context.clause) not in reported:
            reported.add((use.variable, context.clause))
            yield use, message


def _unbound(use: Use, syntax: QuerySyntax) -> str:
    """Why the variable has no value where it is used; empty if it may have one."""
    context, shown = use.context, f"?{use.variable}"
    if use.variable not in syntax.bound:
        near = process.extractOne(
            use.variable,
            sorted(syntax.bound),
            scorer=fuzz.ratio,
            processor=str.casefold,
            score_cutoff=_CLOSE,
        )
        known = [f"?{name}" for name in sorted(syntax.bound) if near and name.casefold() == near[0].casefold()]
        hint = f"; did you mean {' or '.join(known)}?" if known else ""
        return f"nothing binds {shown}, which is used in {context.clause}{hint}"
    if context.before is None:
        if context.group.sees(use.variable, is_filter=context.clause == "FILTER"):
            return ""
        return f"{shown} is bound outside the group in which {context.clause} uses it, so it has no value there"
    if use.variable in context.before:
        return ""
    if use.variable in context.group.bound:
        return f"{shown} is bound only after the BIND that uses it; move the BIND below"
    if context.group.sees(use.variable, is_filter=False):
        return ""
    return f"{shown} is bound outside the group in which BIND uses it, so it has no value there"


def _misplaced(iri: str, role: Role, vocabulary: SchemaVocabulary) -> str:
    """Why a known term can match nothing in its place; empty if it may."""
    if iri not in vocabulary.terms:
        return ""
    if role is Role.PREDICATE and iri not in vocabulary.properties:
        return "is no property, so no triple has it as its predicate"
    if role is Role.CLASS and iri not in vocabulary.classes:
        return "is no class, so nothing is an instance of it"
    return ""


def _other_kind(name: IriTerm, vocabulary: SchemaVocabulary) -> str:
    """Why a concept or resource can be no value of its predicates; empty if it may."""
    known = [vocabulary.objects.get(predicate) for predicate in name.predicates or ()]
    if not known or None in known or not name.iri.startswith(vocabulary.object_namespaces):
        return ""
    namespaces = frozenset[str]().union(*filter(None, known))
    if name.iri.startswith(tuple(namespaces)):
        return ""
    kinds = " or ".join(sorted(namespace.rstrip("/").rpartition("/")[2] for namespace in namespaces))
    return f"can be no value of {' or '.join(map(compact, name.predicates or ()))}, which has values of {kinds}"


def _find_foreign_properties(syntax: QuerySyntax, vocabulary: SchemaVocabulary) -> Iterator[tuple[int, str]]:
    """Properties that no instance of the class has as which the same variable is described, in the group or around."""
    for used in syntax.predicates:
        owners = [class_ for class_, fields in vocabulary.fields.items() if used.iri in fields]
        if not owners or not used.iri.startswith(CK):
            continue
        for class_ in syntax.classes:
            is_known = class_.variable == used.variable and class_.iri in vocabulary.fields
            if is_known and class_.iri not in owners and used.group.is_within(class_.group):
                cure = f"it is a property of {' or '.join(sorted(map(compact, owners))[:_MAX_OWNERS])}"
                yield used.start, f"no {class_.text} has {used.text}; {cure}"
                break


def _show(operand: Operand) -> str:
    if operand.variable:
        return f"?{operand.variable}"
    if operand.function:
        return f"{_show_function(operand.function)}(...)"
    if operand.text:
        return operand.text[:60] + (f"@{operand.tag}" if operand.tag else "")
    return "the IRI" if operand.type_ == IRI else "the expression"


def _show_function(function: str) -> str:
    shown = compact(function)
    return shown.rpartition("/")[2] if shown == function else shown


def _show_types(types: Iterable[str]) -> str:
    return " or ".join(sorted(map(_show_type, types)))


def _show_type(type_: str) -> str:
    if type_ == IRI:
        return "a resource"
    return "text with a language" if type_ == LANG_STRING else compact(type_)


def compact(iri: str) -> str:
    """The IRI as a prefixed name, where one of the known prefixes fits."""
    return prefixed_name(iri, PREFIXES)
