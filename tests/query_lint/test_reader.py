"""What is read of a query: bounds of length and depth, and that no text breaks the reader."""

import random
from pathlib import Path

import pytest

from kg.query_lint.expression_reader import MAX_DEPTH
from kg.query_lint.reader import find_undeclared_prefix, read_query
from kg.query_lint.token_stream import MAX_TOKENS

FOLDERS = ("kg", "api", "docs")


@pytest.fixture(scope="module")
def texts(repository: Path) -> list[str]:
    """Our own queries."""
    paths = [path for folder in FOLDERS for path in sorted((repository / folder).rglob("*.rq"))]
    return [path.read_text(encoding="utf-8") for path in paths]


def test_every_query_of_ours_is_read(texts: list[str]) -> None:
    assert len(texts) > 30
    assert all(read_query(text) is not None for text in texts)


N = MAX_DEPTH
UNREAD = {
    "groups": f"SELECT * {{ {'{' * N} ?s ?p ?o {'}' * N} }}",
    "brackets": f"SELECT * {{ FILTER({'(' * N} 1 {')' * N}) }}",
    "signs": f"SELECT * {{ FILTER({'!' * N} ?x) }}",
    "calls": f"SELECT * {{ FILTER({'STR(' * N} 1 {')' * N}) }}",
    "properties": f"SELECT * {{ ?s ?p {'[ ?p ' * N} {']' * N} }}",
    "lists": f"SELECT * {{ {'(' * N}{')' * N} ?p ?o }}",
    "tokens": f"SELECT * {{ ?s ?p 1{',1' * (MAX_TOKENS // 2)} }}",
    "triple": "SELECT * { <<( ?s ?p ?o )>> ?q ?z }",
    "annotation": "SELECT * { ?s ?p ?o {| ?q ?z |} }",
    "direction": 'SELECT * { ?s ?p "x"@en--ltr }',
    "update": "INSERT DATA { <s> <p> <o> }",
    "nothing": "",
}


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD)
def test_what_is_too_deep_too_long_or_of_another_grammar_is_not_read(text: str) -> None:
    assert read_query(text) is None


def test_no_text_breaks_the_reader(texts: list[str]) -> None:
    chance = random.Random(10)
    for text in texts:
        for _ in range(20):
            start, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
            for variant in (text[:end], text[start:], text[:start] + text[end:], text[:end] + text[start:]):
                read_query(variant)


def test_names_are_resolved_by_prefix_base_and_escapes() -> None:
    syntax = read_query(
        "BASE <https://example.org/a/> PREFIX p: <b#> PREFIX : <https://example.org/> "
        "SELECT * { p:c :d\\,e <../f>. _:x a <https://example.org/G>. }"
    )
    assert syntax is not None
    assert [name.iri for name in syntax.names] == [
        "https://example.org/a/b#c",
        "https://example.org/d,e",
        "https://example.org/f",
        "https://example.org/G",
    ]


def test_the_first_prefix_without_a_declaration_is_found() -> None:
    text = "PREFIX a: <https://example.org/> SELECT * { ?s a:b ?o ; ck:about ?x ; skos:note ?y }"
    assert find_undeclared_prefix(text) == ("ck", text.index("ck:"))
    assert find_undeclared_prefix("SELECT * { ?s <p> ") is None
