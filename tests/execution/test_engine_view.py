"""An engine without some graphs answers as one from which they were removed, whatever a query names as its dataset."""

from collections import Counter
from collections.abc import Iterable, Set

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import RestrictedError
from kg.execution.engine_view import EngineView, hide_graphs, list_dataset
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QueryResult

BASE = "http://example.org/"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}{name}")


HIDDEN = frozenset({node("g2"), node("g3"), node("absent")})
NODES = st.sampled_from([node("a"), node("b"), node("c"), ox.BlankNode("d")])
QUADS = st.frozensets(
    st.builds(
        ox.Quad,
        NODES,
        st.sampled_from([node("p"), node("q")]),
        st.one_of(NODES, st.sampled_from([ox.Literal("1"), ox.Literal("x", language="en")])),
        st.sampled_from([ox.DefaultGraph(), ox.BlankNode("g"), *(node(f"g{number}") for number in range(4))]),
    ),
    max_size=25,
)
QUERIES = [
    "SELECT * { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s :p ?o . ?o ?p ?x }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) (GROUP_CONCAT(STR(?p)) AS ?all) { ?s ?p 1, ?o } GROUP BY ?p",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH ?g { } }",
    "SELECT * { GRAPH :g2 { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . FILTER NOT EXISTS { GRAPH ?g { ?s :q ?x } } }",
    "SELECT * { :a (:p|:q)* ?o }",
    "SELECT * { ?s :p+ ?o MINUS { ?s :q ?x } }",
    "SELECT * { { SELECT ?s { GRAPH :g3 { ?s ?p ?o } } } UNION { GRAPH :g1 { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?o OPTIONAL { ?o !:q ?x } }",
    "ASK { GRAPH ?g { ?s :q ?o } }",
    "CONSTRUCT { ?o :r ?s } WHERE { ?s ?p ?o . FILTER(!isLiteral(?o)) }",
    "DESCRIBE :a",
]
"""With the union as the default graph."""
OWN_DATASET = [
    "SELECT * FROM :g0 FROM <g1> { ?s ?p ?o }",
    "SELECT * FROM NAMED :g0 { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) FROM NAMED :g0 FROM :g1 { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "CONSTRUCT { ?s :r ?o } FROM :g1 WHERE { ?s ?p ?o }",
]


def fill(quads: Iterable[ox.Quad]) -> ox.Store:
    engine = ox.Store()
    engine.extend(quads)
    return engine


def evaluate(engine: ox.Store | EngineView, text: str, *, union: bool) -> Counter[object]:
    result: QueryResult = engine.query(f"PREFIX : <{BASE}> {text}", base_iri=BASE, use_default_graph_as_union=union)
    if isinstance(result, ox.QueryBoolean):
        return Counter([bool(result)])
    if isinstance(result, ox.QueryTriples):
        return Counter(result)
    return Counter(tuple(solution) for solution in result)


@given(QUADS)
def test_a_view_answers_as_an_engine_without_the_graphs(quads: Set[ox.Quad]) -> None:
    engine, without = fill(quads), fill(quad for quad in quads if quad.graph_name not in HIDDEN)
    view = EngineView(engine, HIDDEN)
    for text in QUERIES:
        assert evaluate(view, text, union=True) == evaluate(without, text, union=True), text
    for text in OWN_DATASET:
        assert evaluate(view, text, union=False) == evaluate(without, text, union=False), text


@given(QUADS, st.one_of(st.none(), NODES), st.sampled_from([None, node("p")]))
def test_a_store_without_the_graphs_finds_what_others_have(
    quads: Set[ox.Quad], subject: ox.NamedNode | ox.BlankNode | None, predicate: ox.NamedNode | None
) -> None:
    whole, without = EmbeddedStore.in_memory(), EmbeddedStore.in_memory()
    whole.engine.extend(quads)
    without.engine.extend(quad for quad in quads if quad.graph_name not in HIDDEN)
    store = hide_graphs(whole, HIDDEN)
    for graph in (None, node("g1"), node("g2")):
        assert set(store.match(subject, predicate, None, graph)) == set(without.match(subject, predicate, None, graph))
        assert set(store.quads(graph)) == set(without.quads(graph))
    assert [set(found) for found in store.match_each([(subject, predicate, None)])] == [
        set(found) for found in without.match_each([(subject, predicate, None)])
    ]
    assert store.graphs() == without.graphs()
    assert [store.contains_graph(node(name)) for name in ("g1", "g2")] == [
        without.contains_graph(node(name)) for name in ("g1", "g2")
    ]
    for name in "abc":
        assert store.contains_resource(node(name)) is without.contains_resource(node(name))


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * FROM <{BASE}g2> {{ ?s ?p ?o }}",
        f"SELECT * FROM <{BASE}g0> FROM NAMED <{BASE}g2> {{ ?s ?p ?o }}",
        f"PREFIX x: <{BASE}> SELECT * FROM x:g2 {{ ?s ?p ?o }}",
        f"BASE <{BASE}> SELECT * FROM <g2> {{ ?s ?p ?o }}",
        "SELECT * from <g2> { ?s ?p ?o }",
        f"SELECT * FROM # FROM <{BASE}g0>\n <{BASE}g\\u0032> {{ ?s ?p ?o }}",
        f"SELECT*FROM<{BASE}g2>WHERE{{?s ?p ?o}}",
        f"DESCRIBE <{BASE}a> FROM <{BASE}g2>",
    ],
)
def test_a_query_that_names_a_hidden_graph_is_refused(text: str) -> None:
    view = EngineView(fill([ox.Quad(node("a"), node("p"), node("b"), node("g2"))]), HIDDEN)
    with pytest.raises(RestrictedError, match="g2"):
        view.query(text, base_iri=BASE)


@pytest.mark.parametrize("named", [False, True])
def test_a_dataset_of_the_protocol_may_not_have_a_hidden_graph(named: bool) -> None:
    store = EmbeddedStore.in_memory()
    store.engine.add(ox.Quad(node("a"), node("p"), node("b"), node("g2")))
    graphs = ([], [f"{BASE}g2"]) if named else ([f"{BASE}g2"], [])
    with pytest.raises(RestrictedError):
        hide_graphs(store, HIDDEN).query_with_dataset("SELECT * { ?s ?p ?o }", *graphs)


@pytest.mark.parametrize("text", ["SELECT * FROM x:g2 { ?s ?p ?o }", "SELECT * FROM <g 2> { ?s ?p ?o }"])
def test_names_that_the_engine_cannot_read_are_its_own_error(text: str) -> None:
    assert list_dataset(text, BASE) == ([], [])
    with pytest.raises(SyntaxError):
        EngineView(ox.Store(), HIDDEN).query(text, base_iri=BASE)


def test_nothing_is_wrapped_where_nothing_is_hidden() -> None:
    store = EmbeddedStore.in_memory()
    assert hide_graphs(store, frozenset()) is store
