"""The text of a mapping shows which columns it reads, and can have a trace of what is made of each row."""

import pyoxigraph as ox
import pytest

from kg.datasets.query_text import MADE, list_columns, trace_rows
from kg.namespaces import COLUMN, ROW

PREFIXES = f"PREFIX ck: <https://w3id.org/conflict-kg/ontology#>\nPREFIX col: <{COLUMN}>\nPREFIX skos: <urn:skos:>\n"


def test_columns_are_those_of_names_and_iris_alone() -> None:
    query = f"""{PREFIXES}# col:comment
    CONSTRUCT {{ ?row ?p "col:text" }} WHERE {{ ?row col:a_b ?x ; <{COLUMN}caf%C3%A9> ?y ; ck:c ?z ; ?col ?w }}"""
    assert list_columns(query) == {"a_b", "café"}


def made(query: str) -> set[tuple[str, str]]:
    store = ox.Store()
    for number in (1, 2):
        store.add(ox.Quad(ox.NamedNode(f"{ROW}{number}"), ox.NamedNode(f"{COLUMN}id"), ox.Literal(str(number))))
    triples = store.query(query)
    assert isinstance(triples, ox.QueryTriples)
    return {(triple.subject.value, triple.object.value) for triple in triples if triple.predicate.value == MADE}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("?s a ck:Statement .", {("1", "urn:1"), ("2", "urn:2")}),
        ("?s skos:x ?row ; skos:y ?id .  ?other a ck:Statement .", set()),
        ("?s a ck:Place .", {("1", f"{ROW}1"), ("2", f"{ROW}2")}),
        ("", {("1", f"{ROW}1"), ("2", f"{ROW}2")}),
    ],
)
def test_the_trace_leads_from_rows_to_statements_or_to_themselves(
    template: str, expected: set[tuple[str, str]]
) -> None:
    query = f'{PREFIXES}Construct{{{template}}} WHERE {{ ?row col:id ?id BIND (IRI(CONCAT("urn:", ?id)) AS ?s) }}'
    assert made(trace_rows(query)) == {(ROW + row, statement) for row, statement in expected}


@pytest.mark.parametrize(
    "query", ["CONSTRUCT WHERE { ?row ?p ?o }", "CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o }", "ASK { ?row ?p ?o }"]
)
def test_a_query_without_a_template_or_rows_has_none(query: str) -> None:
    assert trace_rows(query) == ""
