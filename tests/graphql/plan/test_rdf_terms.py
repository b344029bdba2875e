"""Terms of TSV results are parsed as they were serialized."""

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg import namespaces
from kg.graphql.plan.rdf_terms import Literal, parse_rows, parse_term

NODE = ox.NamedNode("http://example.org/é(a)")


def serialize_and_parse(value: ox.Literal | ox.NamedNode) -> list[list[str]]:
    store = ox.Store()
    store.add(ox.Quad(NODE, NODE, value))
    solutions = store.query("SELECT ?s ?none ?o WHERE { ?s ?p ?o }")
    assert isinstance(solutions, ox.QuerySolutions)
    body = solutions.serialize(format=ox.QueryResultsFormat.TSV)
    assert body is not None
    return list(parse_rows(body))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["", "en", "ar-latn"]))
@example('a"@en', "en")
@example("\\u0041\\\\n \\", "")
@example("\t\n\r\x0b\x0c\x1c\x85\u2028", "en")
def test_text_survives_serialization(text: str, lang: str) -> None:
    ((subject, unbound, literal),) = serialize_and_parse(ox.Literal(text, language=lang) if lang else ox.Literal(text))
    assert parse_term(subject) == NODE.value
    assert unbound == ""
    assert parse_term(literal) == Literal(text, lang)


@pytest.mark.parametrize(("lexical", "datatype"), [("7", "integer"), ("-1.5", "decimal"), ("true", "boolean"),
                                                   ("2017-08-07", "date")])  # fmt: skip
def test_other_literals_keep_their_lexical_form(lexical: str, datatype: str) -> None:
    ((_, _, literal),) = serialize_and_parse(ox.Literal(lexical, datatype=ox.NamedNode(f"{namespaces.XSD}{datatype}")))
    assert parse_term(literal) == Literal(lexical)
