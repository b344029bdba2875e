"""Looking into the data, the cache, what is refused, and that our own queries get no warning."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from kg.errors import QueryRefusedError, QuerySyntaxError
from kg.namespaces import THING, TYPE
from kg.query_lint import linter
from kg.query_lint.linter import MAX_CHARACTERS, MAX_WARNINGS, QueryLint, create_lint_procedure
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store

CK = "PREFIX ck: <https://w3id.org/conflict-kg/ontology#> "
SKOS = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
DENYS = f"{CK}SELECT * {{ ?s ck:denys ?o }}"


def test_queries_of_questions_pages_and_docs_get_no_warning(lint: QueryLint, store: Store, repository: Path) -> None:
    for folder in ("kg", "api", "docs", "tests/ontology"):
        for path in sorted((repository / folder).rglob("*.rq")):
            assert lint.check_strictly(store, path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    "call",
    [
        'REGEX(?o, "(?=x)")',
        'REGEX(?o, "[")',
        'REGEX(?o, "x", "k")',
        "REGEX(?o, '''(a''')",
        'REPLACE(?o, "(", "")',
        'REPLACE(?o, "(a)\\\\1", "", "i")',
    ],
)
def test_a_constant_pattern_that_cannot_be_compiled_is_refused(call: str, lint: QueryLint, store: Store) -> None:
    for query in (f"SELECT * {{ ?s ?p ?o FILTER({call}) }}", f"SELECT ({call} AS ?x) {{ ?s ?p ?o }}"):
        with pytest.raises(QueryRefusedError, match="cannot be compiled"):
            lint.check(store, query)


@pytest.mark.parametrize("binding", ['BIND("(?=x)" AS ?pattern)', 'VALUES ?pattern { "a" "(?=x)" }'])
def test_a_pattern_in_a_variable_of_constants_is_refused_too(binding: str, lint: QueryLint, store: Store) -> None:
    with pytest.raises(QueryRefusedError, match="cannot be compiled"):
        lint.check(store, f"SELECT * {{ {binding} ?s ?p ?o FILTER(REGEX(STR(?o), ?pattern)) }}")


@pytest.mark.parametrize(
    "binding",
    ['BIND("a" AS ?pattern)', 'BIND(CONCAT("(", ?o) AS ?pattern)', '?o ?q ?pattern BIND("(" AS ?other)'],
)
def test_a_pattern_in_a_variable_that_may_be_right_is_not(binding: str, lint: QueryLint, store: Store) -> None:
    assert lint.check_strictly(store, f"SELECT * {{ ?s ?p ?o {binding} FILTER(REGEX(STR(?o), ?pattern)) }}") == []


@pytest.mark.parametrize("arguments", ['"^a.*b$"', '"(a|b)+", "i"', "?o", 'CONCAT("(", ?o)', '"(", "q"', '"x", ?o'])
def test_a_pattern_that_can_be_compiled_is_not(arguments: str, lint: QueryLint, store: Store) -> None:
    assert lint.check_strictly(store, f"SELECT * {{ ?s ?p ?o FILTER(REGEX(STR(?o), {arguments})) }}") == []


def test_the_cache_keeps_what_the_text_says_and_not_what_the_data_say(lint: QueryLint) -> None:
    store = EmbeddedStore.in_memory()
    assert len(lint.check(store, DENYS)) == 1
    triple = b"<https://example.org/s> <https://w3id.org/conflict-kg/ontology#denys> <https://example.org/o> .\n"
    store.apply(Change(added=triple))
    assert lint.check(store, DENYS) == []


def test_the_text_is_read_once(lint: QueryLint, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{CK}SELECT ?nothing {{ ?s ck:denies ?o }}"
    first = lint.check(store, text)
    monkeypatch.setattr(linter, "read_query", None)
    assert lint.check(store, text) == first != []


def test_a_literal_that_was_found_is_not_sought_again(
    lint: QueryLint, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'SELECT * { ?s ?p "Town council"@en }'
    assert lint.check(store, text) == []
    monkeypatch.setattr(linter, "find_literals", None)
    assert lint.check_strictly(store, text) == []


def test_a_class_that_has_instances_is_not_sought_again(
    schema: Schema, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lint = QueryLint(SchemaVocabulary.from_schema(schema, DEFAULT_BASE_IRI))
    text = f"{CK}SELECT * {{ ?s a ck:Thing }}"
    instance = f"<urn:s> {TYPE} <{THING}> .\n".encode()
    filled = EmbeddedStore.in_memory()
    assert lint.check(filled, text) == []
    assert len(lint.check(store, text)) == 1
    filled.apply(Change(added=instance))
    assert lint.check(filled, text) == []
    monkeypatch.setattr(linter, "find_used", None)
    assert lint.check_strictly(filled, text) == []


def test_only_so_many_literals_and_language_tests_are_remembered(
    schema: Schema, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        'SELECT * { ?s ?p "Town council"@en }',
        f'{SKOS}SELECT * {{ ?s skos:prefLabel ?l FILTER(LANG(?l) = "en") }}',
    ]
    for bound, is_sought_again in ((1, False), (0, True)):
        monkeypatch.setattr(linter, "MAX_KNOWN", bound)
        lint = QueryLint(SchemaVocabulary.from_schema(schema, DEFAULT_BASE_IRI))
        for text in texts:
            assert lint.check_strictly(store, text) == []
        with monkeypatch.context() as patched:
            patched.setattr(linter, "find_literals", None)
            patched.setattr(linter, "find_languages", None)
            for text in texts:
                with pytest.raises(TypeError) if is_sought_again else nullcontext():
                    lint.check_strictly(store, text)


def test_a_defect_costs_the_warnings_and_not_the_result(
    lint: QueryLint, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{CK}SELECT * {{ ?s ck:denys2 ?o }}"
    assert len(lint.check(store, text)) == 1
    monkeypatch.setattr(linter, "is_described", None)
    assert lint.check(store, text) == []


def test_a_long_text_is_not_read(lint: QueryLint, store: Store) -> None:
    assert lint.check(store, DENYS + " " * MAX_CHARACTERS) == []


def test_there_are_at_most_so_many_warnings(lint: QueryLint, store: Store) -> None:
    names = " ".join(f"ck:unknown{number}" for number in range(MAX_WARNINGS + 5))
    assert len(lint.check(store, f"{CK}SELECT * {{ VALUES ?x {{ {names} }} ?x ?p ?o }}")) == MAX_WARNINGS


@pytest.mark.parametrize("prefix", ["ck", "skos", "xsd", "oa", "actor", "place", "graph", "hedge", "geof"])
def test_a_missing_prefix_is_answered_with_its_line(prefix: str, lint: QueryLint) -> None:
    with pytest.raises(QuerySyntaxError, match=rf"add: PREFIX {prefix}: <http") as raised:
        lint.explain(f"SELECT * {{\n ?s {prefix}:thing ?o }}")
    assert (raised.value.line, raised.value.column) == (2, 5)


def test_an_unknown_missing_prefix_is_named(lint: QueryLint) -> None:
    with pytest.raises(QuerySyntaxError, match="the prefix foo: is not declared; add its PREFIX line"):
        lint.explain("SELECT * { ?s foo:thing ?o }")
    lint.explain("SELECT * { ?s ?p }")


def test_without_a_vocabulary_only_the_text_is_examined(store: Store) -> None:
    plain = QueryLint(SchemaVocabulary())
    assert plain.check(store, f'{CK}SELECT * {{ ?s ck:denys "x"@de ; ck:earliest ?d FILTER(?d < "2018") }}') == []
    assert len(plain.check(store, 'SELECT ?x { ?s ?p ?o FILTER(STRLEN(?o) = "1") }')) == 2


def test_the_procedure_links_to_the_page_beside_the_endpoint(lint: QueryLint, store: Store) -> None:
    (procedure,) = create_lint_procedure(lint, "warnings").values()
    for base in ("http://example.org/kg/sparql", "http://example.org/kg/sparql/"):
        arguments: dict[str, Any] = {"text": DENYS, "base_iri": base, "graphs": [], "is_refused": False}
        properties = procedure(store, arguments, b"").properties
        assert properties["links"] == ["http://example.org/kg/warnings#unknown-term"]
        assert [warning["rule"] for warning in properties["warnings"]] == ["unknown-term"]
    arguments = {"text": "ASK {}", "base_iri": "", "graphs": [], "is_refused": False}
    assert procedure(store, arguments, b"").properties == {}


def test_a_graph_that_the_request_names_is_sought_in_the_data(lint: QueryLint, store: Store) -> None:
    home = "https://w3id.org/conflict-kg/graph/"
    assert lint.check(store, "ASK {}", [f"{home}post", "https://example.org/other"]) == []
    assert len(lint.check(store, f"ASK FROM <{home}post> {{ GRAPH ?g {{ ?s ?p ?o }} }}")) == 1
    assert lint.check(store, f"ASK FROM <{home}post> {{ GRAPH ?g {{ ?s ?p ?o }} }}", [f"{home}post"]) == []
    (warning,) = lint.check(store, "ASK {}", [f"{home}pst"])
    assert warning.message.startswith(f"the data have no graph <{home}pst>, which the request names")
