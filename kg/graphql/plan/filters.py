"""Compiles filter arguments (``where``) to SPARQL graph patterns. Every value of a client is written as an RDF term.

Conditions that must all hold are joined, alternatives become a UNION, negation becomes NOT EXISTS.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import namespaces
from kg.edtf.period import parse_period
from kg.graphql.plan.date_filter import is_within, may_be
from kg.graphql.plan.filter_warnings import NamedId
from kg.graphql.plan.sparql_builder import has_type, path, predicate, write_literal
from kg.graphql.request import error_codes, errors
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.schema.filter_inputs import AS_PREFIX, MAY_BE, WITHIN
from kg.graphql.schema.scalars import to_term
from kg.graphql.schema.type_model import LinkField, TypeCategory, TypeModel, ValueField, ValueKind

ResolveId = Callable[[str, str], str | None]
"""From an id or short name and the type it is given for to an IRI; None if it is neither."""
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_SPANS = {dated.value: derived.value for dated, derived in namespaces.SPANS.items()}
_LEXICAL = frozenset({ValueKind.TEXT, ValueKind.STRING, ValueKind.EDTF})


class ContentKind(StrEnum):
    """What a filter names content of."""

    PROPOSITION = "proposition"
    STATEMENT = "statement"
    PASSAGE = "passage"
    PART = "part"


class Claimed(NamedTuple):
    """The variable of a node whose content a filter names."""

    variable: str
    kind: ContentKind


class NegatedGroup(NamedTuple):
    """A group inside a negation, with a node whose content it names."""

    variable: str
    """The node that the negation is a condition of; the group binds it too."""
    group: str
    claimed: Claimed
    is_left_out: bool
    """Whether the filter leaves out what matches the group: it is negated once, not twice."""


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """The patterns of a filter, and the nodes whose content it names, which is for speakers to claim."""

    patterns: tuple[str, ...]
    claimed: tuple[Claimed, ...]
    """Nodes that the patterns bind."""
    negated: tuple[NegatedGroup, ...]
    """What is negated; ``positive`` binds its variables."""
    positive: tuple[str, ...]
    """The patterns without the negations of content."""

    @property
    def names_content(self) -> bool:
        """Whether the filter names content of propositions at all."""
        return bool(self.claimed or self.negated)


@dataclass(frozen=True, slots=True)
class RelaxedFilter:
    """A filter without its conditions on content: the nodes of which an empty answer tells that they do not match."""

    patterns: tuple[str, ...]
    claimed: tuple[Claimed, ...]
    """Nodes that the patterns bind; what is said of them is not what the filter asks for."""
    is_restricted: bool
    """Whether anything but types and links selects the nodes."""
    conditions: int
    """How many conditions on content the filter has; those within others are not counted."""


class FilterCompiler:
    """Compiles the filters of one operation; no variable is used twice."""

    def __init__(self, model: TypeModel, resolve_id: ResolveId, policy: AttributionPolicy) -> None:
        self._model, self._resolve_id = model, resolve_id
        self.policy = policy
        self._variables = 0
        self._claimed: list[Claimed] = []
        self._negated: list[NegatedGroup] = []
        self._is_left_out = False
        self._negations: list[str] = []
        self._relaxed = False
        self._kept: int | None = None
        self._conditions = 0
        self._is_restricted = False
        self.ids: dict[str, NamedId] = {}
        """The IRIs that the filters name, with the ids as the client wrote them."""

    def compile_filter(self, where: Mapping[str, Any] | None, type_name: str, variable: str) -> CompiledFilter:
        """The filter of a connection. Raises GraphQLError for an id or a period that cannot be resolved."""
        self._claimed, self._negated, self._negations = [], [], []
        patterns = tuple(self._compile(where, type_name, variable))
        positive = tuple(_remove(self._negations, pattern) for pattern in patterns)
        return CompiledFilter(patterns, tuple(dict.fromkeys(self._claimed)), tuple(self._negated), positive)

    def compile_relaxed(
        self, where: Mapping[str, Any] | None, type_name: str, variable: str, kept: int | None = None
    ) -> RelaxedFilter:
        """The filter without its conditions on content, or with one of them only: that of this number."""
        self._claimed, self._negated, self._negations = [], [], []
        self._relaxed, self._kept, self._conditions, self._is_restricted = True, kept, 0, False
        patterns = tuple(self._compile(where, type_name, variable))
        self._relaxed = False
        return RelaxedFilter(patterns, tuple(dict.fromkeys(self._claimed)), self._is_restricted, self._conditions)

    def _compile(self, where: Mapping[str, Any] | None, type_name: str, variable: str) -> list[str]:
        """The patterns that hold for a variable of this type. Raises GraphQLError for an id that cannot be resolved."""
        return [
            pattern
            for key, condition in (where or {}).items()
            if condition is not None
            for pattern in self._condition(key, condition, type_name, variable)
        ]

    def _condition(self, key: str, condition: Any, type_name: str, variable: str) -> list[str]:
        match key:
            case "and":
                return [pattern for operand in condition for pattern in self._compile(operand, type_name, variable)]
            case "or":
                return [self._union(condition, type_name, variable)]
            case "not":
                return self._negation(condition, type_name, variable)
            case "exists":
                return [] if condition else ["FILTER(false)"]
            case "id":
                return self._ids(condition, type_name, variable)
        hierarchy = self._model.hierarchy_link(type_name) if key == WITHIN else None
        if hierarchy is not None:
            self._is_restricted = True
            return [f"{variable} {path(hierarchy.steps)}* {self._node(condition, type_name)} ."]
        return self._field_condition(key, condition, type_name, variable)

    def _field_condition(self, key: str, condition: Any, type_name: str, variable: str) -> list[str]:
        field = self._model.shared_fields(type_name).get(key)
        if field is None:
            member = self._model.types[key.removeprefix(AS_PREFIX)]
            return [
                has_type(variable, self._fresh("t"), member.classes),
                *self._compile(condition, member.name, variable),
            ]
        if kind := self._content_kind(field, type_name):
            return self._content_condition(field, condition, type_name, Claimed(variable, kind))
        if isinstance(field, LinkField):
            return self._link_condition(field, condition, type_name, variable)
        return self._value_condition(field, condition, variable)

    def _content_condition(
        self, field: ValueField | LinkField, condition: Mapping[str, Any], type_name: str, claimed: Claimed
    ) -> list[str]:
        """A condition on what a node itself holds, or is. Where conditions are dropped, one that is kept is whole."""
        self._claimed.append(claimed)
        was_relaxed, number = self._relaxed, self._conditions
        if was_relaxed:
            self._conditions += 1
            if number != self._kept:
                return []
            self._relaxed = False
        if isinstance(field, LinkField):
            patterns = self._link_condition(field, condition, type_name, claimed.variable)
        else:
            patterns = self._value_condition(field, condition, claimed.variable)
        self._relaxed = was_relaxed
        return patterns

    def _content_kind(self, field: ValueField | LinkField, type_name: str) -> ContentKind | None:
        """What a field of this type is content of, if it is."""
        if field.is_contested:
            return ContentKind.PROPOSITION
        if self.policy.is_statement(type_name) and self.policy.is_said(field):
            return ContentKind.STATEMENT
        return ContentKind.PASSAGE if self.policy.is_passage_content(field) else None

    def _union(self, operands: Iterable[Mapping[str, Any]], type_name: str, variable: str) -> str:
        return " UNION ".join(self._group(operand, type_name, variable) for operand in operands) or "FILTER(false)"

    def _group(self, where: Mapping[str, Any], type_name: str, variable: str) -> str:
        """A group that binds the variable itself, so that it can stand alone."""
        anchor = f"{variable} {namespaces.TYPE} {self._fresh('t')} ."
        return f"{{ {' '.join([anchor, *self._compile(where, type_name, variable)])} }}"

    def _negation(self, where: Mapping[str, Any], type_name: str, variable: str) -> list[str]:
        """What is not to match; where conditions on content are dropped, what their negation is a condition on."""
        if self._relaxed:
            claimed, group = len(self._claimed), self._group(where, type_name, variable)
            self._is_restricted |= len(self._claimed) == claimed
            return [group if len(self._claimed) > claimed else f"FILTER NOT EXISTS {group}"]
        outside = self._claimed, self._negated, self._negations
        self._claimed, self._negated, self._negations = [], [], []
        self._is_left_out = not self._is_left_out
        group = self._group(where, type_name, variable)
        found = [NegatedGroup(variable, group, each, self._is_left_out) for each in dict.fromkeys(self._claimed)]
        positive = _remove(self._negations, group)
        found += [each._replace(variable=variable, group=f"{{ {positive} {each.group} }}") for each in self._negated]
        self._is_left_out = not self._is_left_out
        self._claimed, self._negated, self._negations = outside
        return [self._negate(group, found)]

    def _negate(self, group: str, found: Iterable[NegatedGroup]) -> str:
        """The negation of a group, in which the content of these nodes is named."""
        negation = f"FILTER NOT EXISTS {group}"
        if named := tuple(found):
            self._negated += named
            self._negations.append(negation)
        return negation

    def _ids(self, condition: Mapping[str, Any], type_name: str, variable: str) -> list[str]:
        self._is_restricted = True
        alternatives = [[condition["eq"]]] if condition.get("eq") is not None else []
        alternatives += [condition["in"]] if condition.get("in") is not None else []
        nodes = (" ".join(self._node(text, type_name) for text in texts) for texts in alternatives)
        return [f"VALUES {variable} {{ {listed} }}" for listed in nodes]

    def _link_condition(
        self, link: LinkField, condition: Mapping[str, Any], type_name: str, variable: str
    ) -> list[str]:
        other = self._fresh("l")
        triple = f"{variable} {path(link.steps)} {other} ."
        is_left_out = condition.get("exists") is False
        claimed = self._claimed_by_link(link, type_name, variable, other)
        if claimed and self._relaxed:
            return self._relaxed_link(link, condition, triple, claimed)
        if is_left_out:
            group = f"{{ {triple} }}"
            found = [NegatedGroup(variable, group, claimed, not self._is_left_out)] if claimed else []
            return [self._negate(group, found)]
        if claimed:
            self._claimed.append(claimed)
        return [triple, *self._part_type(link, other), *self._compile(condition, link.target, other)]

    def _relaxed_link(self, link: LinkField, condition: Mapping[str, Any], triple: str, claimed: Claimed) -> list[str]:
        """The node that a link on content is claimed for: by its id, if the condition names it, else by the link."""
        self._claimed.append(claimed)
        other = triple.split()[-2]
        if claimed.variable != other:
            self._conditions += 1
            return []
        nested = [] if condition.get("exists") is False else self._compile(condition, link.target, other)
        return nested if condition.get("id") else [triple, *self._part_type(link, other), *nested]

    def _part_type(self, link: LinkField, other: str) -> list[str]:
        """The test that a part is one: nodes of other types may have the same links."""
        target = self._model.types.get(link.target)
        is_part = target is not None and target.category is TypeCategory.PART
        return [has_type(other, "", target.classes)] if is_part and target is not None else []

    def _claimed_by_link(self, link: LinkField, type_name: str, variable: str, other: str) -> Claimed | None:
        """The node whose content it is that a node of this type has such a link to another."""
        policy = self.policy
        if policy.reveals_role(link):
            return Claimed(other, ContentKind.PROPOSITION)
        if policy.leads_to_part_of_another(type_name, link):
            return Claimed(other, ContentKind.PART)
        if policy.cites(link):
            return Claimed(other, ContentKind.PASSAGE)
        if not policy.is_verdict_link(link):
            return None
        if policy.is_proposition(type_name):
            return Claimed(variable, ContentKind.PROPOSITION)
        # Who takes a statement back is who made it.
        return Claimed(variable if policy.is_retraction(link) else other, ContentKind.STATEMENT)

    def _value_condition(self, field: ValueField, condition: Mapping[str, Any], variable: str) -> list[str]:
        self._is_restricted = True
        value = self._fresh("v")
        triple = f"{variable} {predicate(field.predicate)} {value} ."
        if condition.get("exists") is False:
            return [f"FILTER NOT EXISTS {{ {triple} }}"]
        operators = {key: operand for key, operand in condition.items() if operand is not None and key != "exists"}
        return [triple, *(self._test(field, key, operand, variable, value) for key, operand in operators.items())]

    def _test(self, field: ValueField, operator: str, operand: Any, variable: str, value: str) -> str:
        if field.kind is ValueKind.EDTF and operator in (MAY_BE, WITHIN):
            return self._period(field, operator, operand, variable)
        return self._operator(field, operator, operand, value)

    def _period(self, field: ValueField, operator: str, operand: str, variable: str) -> str:
        """The test of a date against a period, by the spans that were derived from the date."""
        try:
            period = parse_period(operand)
        except ValueError as error:
            raise errors.graphql_error(f"{field.name}: {error}.", error_codes.BAD_INPUT) from None
        span = self._fresh("s")
        triple = f"{variable} {predicate(_SPANS.get(field.predicate, field.predicate))} {span} ."
        if operator == MAY_BE:
            return f"FILTER EXISTS {{ {triple} FILTER({may_be(span, period)}) }}"
        return f"FILTER EXISTS {{ {triple} }} FILTER NOT EXISTS {{ {triple} FILTER(!({is_within(span, period)})) }}"

    def _operator(self, field: ValueField, operator: str, operand: Any, value: str) -> str:
        match operator:
            case "eq":
                return self._one_of(field, [operand], value)
            case "in":
                return self._one_of(field, operand, value)
            case "contains":
                return f"FILTER(CONTAINS(LCASE(STR({value})), LCASE({write_literal(ox.Literal(operand))})))"
            case "startsWith":
                return f"FILTER(STRSTARTS(STR({value}), {write_literal(ox.Literal(operand))}))"
            case "lang":
                return f"FILTER(LCASE(LANG({value})) = LCASE({write_literal(ox.Literal(operand))}))"
            case _ if operator == WITHIN:
                iris = self._model.vocabularies[field.vocabulary].within(operand)
                return _values(value, map(ox.NamedNode, iris))
        return f"FILTER({_comparable(field, value)} {_COMPARISONS[operator]} {_constant(field, operand)})"

    def _one_of(self, field: ValueField, operands: Iterable[Any], value: str) -> str:
        if field.kind is ValueKind.CONCEPT:
            iris = self._model.vocabularies[field.vocabulary].iris
            return _values(value, (ox.NamedNode(iris[name]) for name in operands))
        if field.kind is ValueKind.IRI:
            return _values(value, (to_term(field.kind, operand) for operand in operands))
        listed = ", ".join(_constant(field, operand) for operand in operands)
        return f"FILTER({_comparable(field, value)} IN ({listed}))"

    def _node(self, text: str, type_name: str) -> str:
        iri = self._resolve_id(text, type_name)
        if iri is None:
            raise errors.graphql_error(
                f"{text!r} is neither an IRI nor a short name such as zone:idlib.", error_codes.BAD_INPUT
            )
        self.ids[iri] = NamedId(text, type_name, is_in_filter=True)
        return str(ox.NamedNode(iri))

    def _fresh(self, letter: str) -> str:
        self._variables += 1
        return f"?{letter}{self._variables}"


def _remove(texts: Iterable[str], pattern: str) -> str:
    """The pattern without these parts of it; no other part has their variables."""
    for text in texts:
        pattern = pattern.replace(text, "")
    return pattern


def _comparable(field: ValueField, value: str) -> str:
    return f"STR({value})" if field.kind in _LEXICAL else value


def _constant(field: ValueField, operand: Any) -> str:
    term = ox.Literal(operand) if field.kind in _LEXICAL else to_term(field.kind, operand)
    return write_literal(term) if isinstance(term, ox.Literal) else str(term)


def _values(variable: str, terms: Iterable[ox.NamedNode | ox.Literal]) -> str:
    return f"VALUES {variable} {{ {' '.join(map(str, terms))} }}"
