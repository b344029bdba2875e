"""What every store promises, embedded or remote."""

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import QuerySyntaxError, StoreError
from kg.store.change import Change
from kg.store.interface import Store, normalize

from .conftest import addition, clear, iri, quad, removal

XSD = "http://www.w3.org/2001/XMLSchema#"

NASTY = [
    "quotes \" and ' and \"\"\" and '''",
    "back\\slash, \\n that is no line break, \\u0041 that is no A, at the end \\",
    "line\nbreak\r\ttab\b\f",
    "} ; DROP ALL ; INSERT DATA { <a> <b> <c>",
    "# no comment",
    "?variable $variable $rows",
    "тест 测试 🕊 \u2028\u200f\ufeff",
    "\x00\x01\x7f\ufffe\uffff",
    "",
]


def test_added_quads_are_returned(store: Store) -> None:
    quads = {quad("a", 1), quad("a", 2), quad("b", 1, "h")}
    store.apply(addition(*quads))
    assert set(store.quads()) == quads
    assert list(store.quads(iri("h"))) == [quad("b", 1, "h")]


def test_an_empty_store_has_no_graph_and_no_quad(store: Store) -> None:
    assert store.graphs() == []
    assert list(store.quads()) == []


def test_an_empty_change_changes_nothing(store: Store) -> None:
    store.apply(addition(quad("a", 1)))
    store.apply(addition())
    assert list(store.quads()) == [quad("a", 1)]


def test_graphs_are_sorted_and_gone_with_their_last_quad(store: Store) -> None:
    store.apply(addition(quad("a", 1, "h"), quad("a", 2, "g"), quad("a", 3, "i")))
    assert store.graphs() == [iri("g"), iri("h"), iri("i")]
    store.apply(removal(quad("a", 1, "h")))
    assert store.graphs() == [iri("g"), iri("i")]


def test_a_change_removes_and_adds_at_once(store: Store) -> None:
    store.apply(addition(quad("a", 1), quad("a", 2)))
    store.apply(Change.from_quads(removed=frozenset({quad("a", 1)}), added=frozenset({quad("a", 3)})))
    assert set(store.quads()) == {quad("a", 2), quad("a", 3)}


def test_removing_absent_and_adding_present_quads_are_no_errors(store: Store) -> None:
    store.apply(addition(quad("a", 1)))
    store.apply(Change.from_quads(removed=frozenset({quad("a", 9)}), added=frozenset({quad("a", 1)})))
    assert list(store.quads()) == [quad("a", 1)]


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_literal_is_added_and_removed_like_any_other(store: Store, text: str) -> None:
    literals = [ox.Literal(text), ox.Literal(text, language="ar"), ox.Literal(text, datatype=iri("type"))]
    keep, quads = quad("keep", "me"), [quad("a", literal) for literal in literals]
    store.apply(Change.from_quads(removed=frozenset({quad("z", text)}), added=frozenset({keep, *quads})))
    assert set(store.quads()) == {keep, *quads}
    store.apply(removal(*quads))
    assert list(store.quads()) == [keep]


def test_the_default_graph_of_a_query_is_the_union_without_duplicate_rows(store: Store) -> None:
    store.apply(addition(quad("a", 1, "g"), quad("b", 2, "h"), quad("c", 3, "i")))
    rows = store.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?o")
    assert isinstance(rows, ox.QuerySolutions)
    assert [row["o"].value for row in rows] == ["1", "2", "3"]


def test_each_query_form_has_its_type_of_result(store: Store) -> None:
    store.apply(addition(quad("a", 1)))
    result = store.query("ASK { ?s ?p ?o }")
    assert isinstance(result, ox.QueryBoolean)
    assert bool(result)
    triples = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(triples, ox.QueryTriples)
    assert list(triples) == [quad("a", 1).triple]


def test_a_syntax_error_has_line_and_column(store: Store) -> None:
    with pytest.raises(QuerySyntaxError) as failure:
        store.query("SELECT *\nWHERE { ?s ?p }")
    assert (failure.value.line, failure.value.column) == (2, 16)


def test_a_closed_store_raises_store_error(store: Store) -> None:
    store.close()
    for call in (store.graphs, lambda: store.query("ASK {}"), lambda: store.apply(addition(quad("a", 1)))):
        with pytest.raises(StoreError, match="closed"):
            call()


_names = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
_iris = _names.map(iri)
_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_literals = st.one_of(
    _texts.map(ox.Literal),
    st.builds(ox.Literal, _texts, language=st.sampled_from(["en", "ar", "zh-hant", "de-1996"])),
    st.builds(ox.Literal, _texts, datatype=_iris),
    st.integers(-(2**62), 2**62).map(ox.Literal),
    st.datetimes().map(lambda time: ox.Literal(time.isoformat(), datatype=ox.NamedNode(f"{XSD}dateTime"))),
)
_quads = st.builds(ox.Quad, _iris, _iris, st.one_of(_iris, _literals), _iris)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.frozensets(_quads, max_size=6), added=st.frozensets(_quads, max_size=6), data=st.data())
def test_a_store_contains_what_it_had_minus_the_removed_plus_the_added(
    store: Store, before: frozenset[ox.Quad], added: frozenset[ox.Quad], data: st.DataObject
) -> None:
    clear(store)
    before, added = normalize(before), normalize(added)
    removed = data.draw(st.frozensets(st.sampled_from(sorted(before, key=str)))) if before else frozenset()
    store.apply(Change.from_quads(added=before))
    store.apply(Change.from_quads(removed=removed - added, added=added))
    assert frozenset(store.quads()) == (before - (removed - added)) | added
