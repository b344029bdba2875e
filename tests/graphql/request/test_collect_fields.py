"""Selections are merged as by CollectFields of the GraphQL specification (section 6.3.2)."""

from typing import Any

from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import get_variable_values

from kg.graphql.request.collect_fields import FieldCollector, FieldGroup

SCHEMA = build_schema("""
    type Query { node(id: ID): Node thing: Thing }
    interface Node { id: ID! next: Node }
    type Thing implements Node { id: ID! next: Node name(lang: String = "en"): String }
    type Claim implements Node { id: ID! next: Node text: String }
""")


def collect(text: str, **variables: Any) -> tuple[FieldGroup, ...]:
    """The field groups of the root type."""
    document = parse(text)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
    assert isinstance(SCHEMA.query_type, GraphQLObjectType)
    return FieldCollector(SCHEMA, fragments, coerced).merge((operation.selection_set,)).field_groups("Query")


def keys(field: FieldGroup) -> dict[str, list[str]]:
    """The response keys below a field, by possible type."""
    return {name: [subfield.response_key for subfield in subfields] for name, subfields in field.subfields}


def test_fields_of_one_response_key_are_merged_through_fragments() -> None:
    (field,) = collect("{ thing { id } ...f ... { thing { other: name } } } fragment f on Query { thing { name } }")
    assert len(field.nodes) == 3
    assert keys(field) == {"Thing": ["id", "name", "other"]}


def test_type_conditions_are_settled_for_each_possible_type() -> None:
    (field,) = collect("{ node { id ... on Thing { name } ... on Claim { text } ... on Node { next { id } } } }")
    assert keys(field) == {"Thing": ["id", "name", "next"], "Claim": ["id", "text", "next"]}


def test_skip_and_include_are_settled_with_variables() -> None:
    fields = "id @skip(if: $on) name @include(if: $on) ... @skip(if: $on) { next { id } }"
    text = f"query ($on: Boolean!) {{ thing {{ {fields} }} }}"
    assert keys(collect(text, on=True)[0]) == {"Thing": ["name"]}
    assert keys(collect(text, on=False)[0]) == {"Thing": ["id", "next"]}


def test_the_same_selection_sets_are_merged_once() -> None:
    a, b = collect("{ a: thing { ...f } b: thing { ...f } } fragment f on Thing { next { id } }")
    ((_, (of_a,)),), ((_, (of_b,)),) = a.subfields, b.subfields
    assert of_a.selection_set is of_b.selection_set


def test_arguments_are_coerced_with_defaults() -> None:
    (field,) = collect("query ($lang: String) { thing { name b: name(lang: $lang) c: name(lang: null) } }", lang="ar")
    ((_, subfields),) = field.subfields
    assert [subfield.arguments for subfield in subfields] == [{"lang": "en"}, {"lang": "ar"}, {"lang": None}]


def test_leaves_have_no_subfields() -> None:
    (field,) = collect("{ thing { id } }")
    ((_, (leaf,)),) = field.subfields
    assert not leaf.selection_set
    assert list(leaf.subfields) == []
