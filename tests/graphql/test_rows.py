"""Terms are read from TSV as they were written."""

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg import namespaces
from kg.graphql.plan.rdf_terms import Literal, parse_rows, parse_term

NODE = ox.NamedNode("http://example.org/é(a)")


def read_back(value: ox.Literal | ox.NamedNode) -> list[list[str]]:
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
def test_text_is_read_as_it_was(text: str, lang: str) -> None:
    ((subject, unbound, found),) = read_back(ox.Literal(text, language=lang) if lang else ox.Literal(text))
    assert parse_term(subject) == NODE.value
    assert unbound == ""
    assert parse_term(found) == Literal(text, lang)


@pytest.mark.parametrize(("lexical", "datatype"), [("7", "integer"), ("-1.5", "decimal"), ("true", "boolean"),
                                                   ("2017-08-07", "date")])  # fmt: skip
def test_other_literals_keep_their_lexical_form(lexical: str, datatype: str) -> None:
    ((_, _, found),) = read_back(ox.Literal(lexical, datatype=ox.NamedNode(f"{namespaces.XSD}{datatype}")))
    assert parse_term(found) == Literal(lexical)
