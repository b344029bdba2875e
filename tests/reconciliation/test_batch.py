"""What clients send is read as the specification has it, or refused with what to send instead."""

import json

import pytest

from kg.errors import BadParameterError
from kg.reconciliation.batch import MAX_LIMIT, Column, Condition, parse_extension, parse_queries

EVERYTHING = {
    "query": " Ein Tarma ",
    "type": "Place",
    "type_strict": "all",
    "limit": 1000,
    "properties": [
        {"pid": "administrativeParent", "v": {"id": "place/syria", "name": "Syria"}},
        {"pid": "code", "v": ["SY", 7, True, ""]},
        {"pid": "note", "v": None},
    ],
    "of_another_version": 1,
}


def test_query_with_everything() -> None:
    (query,) = parse_queries(json.dumps({"a": EVERYTHING}))
    assert (query.key, query.text, query.types, query.strictness) == ("a", "Ein Tarma", ("Place",), "all")
    assert query.limit == MAX_LIMIT
    assert query.conditions == (
        Condition("administrativeParent", ("place/syria",)),
        Condition("code", ("SY", "7", "true")),
    )


def test_query_without_a_name_has_properties() -> None:
    (query,) = parse_queries('{"a": {"properties": [{"pid": "code", "v": "SY"}]}}')
    assert query.text == ""
    assert query.texts == ("SY",)


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", '{"q0"'),
        ("{}", '{"q0"'),
        ('{"a": []}', '{"query"'),
        ('{"a": {}}', "neither query nor properties"),
        ('{"a": {"query": ""}}', "not empty"),
        ('{"a": {"query": 7}}', "a text"),
        ('{"a": {"query": "%s"}}' % ("x" * 401), "400 characters"),
        ('{"a": {"query": "x", "limit": 0}}', "positive"),
        ('{"a": {"query": "x", "limit": true}}', "positive"),
        ('{"a": {"query": "x", "limit": "5"}}', "positive"),
        ('{"a": {"query": "x", "type_strict": "must"}}', "any, all, should"),
        ('{"a": {"query": "x", "type": [{}]}}', "a text"),
        ('{"a": {"query": "x", "properties": {}}}', "a list"),
        ('{"a": {"query": "x", "properties": [1]}}', "a list"),
        ('{"a": {"query": "x", "properties": [{"v": "y"}]}}', "pid"),
        ('{"a": {"query": "x", "properties": [{"pid": "note", "v": [[1]]}]}}', "a text"),
    ],
)
def test_what_is_no_batch_is_refused(content: str, cure: str) -> None:
    with pytest.raises(BadParameterError, match=r"queries") as raised:
        parse_queries(content)
    assert cure in str(raised.value)


def test_extension() -> None:
    request = parse_extension('{"ids": ["a/b", "a/b", "c/d"], "properties": [{"id": "x", "settings": {"limit": 2}}]}')
    assert request.ids == ("a/b", "c/d")
    assert request.columns == (Column("x", {"limit": 2}),)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"ids": []}',
        '{"ids": "x", "properties": []}',
        '{"ids": [1], "properties": []}',
        '{"ids": [], "properties": [{}]}',
        '{"ids": [], "properties": [{"id": "x", "settings": "all"}]}',
        json.dumps({"ids": [], "properties": [{"id": "x"}] * 101}),
    ],
)
def test_what_is_no_extension_is_refused(content: str) -> None:
    with pytest.raises(BadParameterError, match="extend"):
        parse_extension(content)
