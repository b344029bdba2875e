"""Random requests get a response that conforms to the schema, or an error with a code, at bounded cost."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    OperationDefinitionNode,
    get_named_type,
    parse,
    validate,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.store.embedded import EmbeddedStore

CPU_MAX_S = 10.0
"""CPU time of the thread of a request: unlike wall time it does not depend on what else the machine does."""
GOOD: dict[str, list[str]] = {
    "Int": ["0", "1", "3", "20", "null"],
    "String": ['"zone"', '"en"', '""', '"\\"} UNION {"'],
    "ID": ['"zone:idlib"', '"actor:russia"', '"place:idlib-province"', '"http://example.org/x"'],
    "Boolean": ["true", "false"],
    "Text": ['"zone"', '"?x"'],
    "Date": ['"2017-08-07"'],
    "EDTF": ['"2017-08"'],
    "IRI": ['"http://example.org/"'],
    "Decimal": ["1.5"],
}
BAD: dict[str, list[str]] = {
    "Int": ["500", "-1", "100000", "99999999999"],
    "String": ['"ĳ🧨"', "1"],
    "ID": ['"> <"', '"zone:"', "{}"],
    "Boolean": ["null", "1"],
    "Text": ["1"],
    "Date": ['"nonsense"'],
    "EDTF": ["1"],
    "IRI": ['"no iri"'],
    "Decimal": ['"x"'],
}


def test_extensions_have_no_entry_that_is_not_documented(execute: Callable[..., dict[str, Any]]) -> None:
    content = execute('{ actor(slug: "russia") { prefLabel } }')
    assert content["extensions"].keys() == {"cost", "queries", "milliseconds"}


class DocumentGenerator:
    """Generates a random document that the schema allows, except for some values."""

    def __init__(self, schema: Any, draw: Callable[..., Any]) -> None:
        self.schema, self.draw = schema, draw
        self.fields = 0

    def document(self) -> str:
        return self.selection(self.schema.query_type, 0)

    def selection(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType):
            members = self.draw(st.lists(st.sampled_from(sorted(type_.types, key=lambda t: t.name)), max_size=2))
            return "{ __typename " + " ".join(f"... on {t.name} {self.selection(t, depth + 1)}" for t in members) + " }"
        parts = ["__typename"]
        names = sorted(type_.fields)
        leaves = [
            name
            for name in names
            if isinstance(get_named_type(type_.fields[name].type), (GraphQLScalarType, GraphQLEnumType))
        ]
        wanted = names if depth < 9 and self.fields < 60 else leaves
        for number, name in enumerate(self.draw(st.lists(st.sampled_from(wanted), max_size=4)) if wanted else ()):
            self.fields += 1
            parts.append(f"k{depth}_{number}: {self.field(name, type_.fields[name], depth)}")
        if isinstance(type_, GraphQLInterfaceType) and depth < 9 and self.draw(st.booleans()):
            possible = sorted(self.schema.get_possible_types(type_), key=lambda t: t.name)
            member = self.draw(st.sampled_from(possible))
            parts.append(f"... on {member.name} {self.selection(member, depth + 1)}")
        return "{ " + " ".join(parts) + " }"

    def field(self, name: str, field: Any, depth: int) -> str:
        given = []
        for key, argument in sorted(field.args.items()):
            if isinstance(argument.type, GraphQLNonNull) or self.draw(st.integers(0, 3)) == 0:
                given.append(f"{key}: {self.value(argument.type, 0)}")
        named = get_named_type(field.type)
        below = (
            "" if isinstance(named, (GraphQLScalarType, GraphQLEnumType)) else f" {self.selection(named, depth + 1)}"
        )
        return f"{name}{'(' + ', '.join(given) + ')' if given else ''}{below}"

    def value(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self.value(type_.of_type, depth)
        if isinstance(type_, GraphQLList):
            return "[" + ", ".join(self.value(type_.of_type, depth) for _ in range(self.draw(st.integers(0, 2)))) + "]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.draw(st.sampled_from(sorted(type_.values))))
        if isinstance(type_, GraphQLInputObjectType):
            required = [name for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)]
            names = self.draw(st.lists(st.sampled_from(sorted(type_.fields)), max_size=2)) if depth < 4 else []
            keys = dict.fromkeys([*required, *names])
            return "{" + ", ".join(f"{key}: {self.value(type_.fields[key].type, depth + 1)}" for key in keys) + "}"
        values = BAD if self.draw(st.integers(0, 19)) == 0 else GOOD
        return str(self.draw(st.sampled_from(values[type_.name])))


@st.composite
def documents(draw: Callable[..., Any], schema: Any) -> str:
    return DocumentGenerator(schema, draw).document()


def conforms(value: Any, type_: Any, schema: Any) -> bool:
    """Whether this can be a value of the type, as far as it was selected."""
    if isinstance(type_, GraphQLNonNull):
        return value is not None and conforms(value, type_.of_type, schema)
    if value is None:
        return True
    if isinstance(type_, GraphQLList):
        return isinstance(value, list) and all(conforms(each, type_.of_type, schema) for each in value)
    if isinstance(type_, GraphQLEnumType):
        return value in type_.values
    if isinstance(type_, GraphQLScalarType):
        return isinstance(value, (str, int, float, bool))
    name = value.get("__typename")
    if isinstance(type_, GraphQLObjectType):
        return bool(name == type_.name)
    return name in {each.name for each in schema.get_possible_types(type_)}


@pytest.mark.slow
@pytest.mark.parametrize("requires_attribution", [True, False])
def test_random_requests_get_conforming_data_or_a_code(
    requires_attribution: bool, make_service: Callable[..., GraphQLService], shipped_store: EmbeddedStore
) -> None:
    service = make_service(requires_attribution=requires_attribution)
    seen = {"data": 0, "errors": 0}

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(service.schema))
    def check(text: str) -> None:
        start = time.thread_time()
        outcome = service.execute(GraphQLRequest(query=text), shipped_store)
        if outcome.searches:  # are made elsewhere; here they find nothing
            candidates = dict.fromkeys(outcome.searches, ())
            outcome = service.execute(GraphQLRequest(query=text, candidates=candidates), shipped_store)
        assert time.thread_time() - start < CPU_MAX_S, text
        codes = [(each.extensions or {}).get("code") for each in outcome.errors]
        assert all(codes), (text, outcome.errors)
        assert not {"INTERNAL_SERVER_ERROR", "QUERY_SYNTAX", "QUERY_REFUSED", "DATA_DOES_NOT_CONFORM"} & set(codes), (
            text,
            outcome.errors,
        )
        assert outcome.is_executed or outcome.errors
        seen["errors" if codes else "data"] += 1
        if outcome.data is not None:
            assert isinstance(outcome.data, Mapping)
            assert outcome.data["__typename"] == "Query"
            (operation,) = parse(text).definitions
            assert isinstance(operation, OperationDefinitionNode)
            assert service.schema.query_type
            for node in operation.selection_set.selections:
                if isinstance(node, FieldNode) and node.alias:
                    field = service.schema.query_type.fields[node.name.value]
                    assert conforms(outcome.data[node.alias.value], field.type, service.schema), text

    check()
    assert all(seen.values()), seen


@pytest.mark.slow
def test_most_random_requests_are_valid(service: GraphQLService) -> None:
    valid = []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(service.schema))
    def check(text: str) -> None:
        valid.append(not validate(service.schema, parse(text)))

    check()
    assert sum(valid) > len(valid) / 3
