"""A graph store write is evaluated to the smallest change, and nothing is changed by evaluating it."""

import pyoxigraph as ox
import pytest

from kg.errors import ChangeTooLargeError, UnknownNameError
from kg.update.graph_store import evaluate_delete, evaluate_post, evaluate_put

A, P, GRAPH = ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.NamedNode("urn:g")


def triple(value: object) -> ox.Triple:
    return ox.Triple(A, P, value if isinstance(value, ox.BlankNode) else ox.Literal(str(value)))


def in_graph(value: object, graph: ox.NamedNode | None = GRAPH) -> ox.Quad:
    one = triple(value)
    return ox.Quad(one.subject, one.predicate, one.object, graph or ox.DefaultGraph())


@pytest.fixture
def engine() -> ox.Store:
    engine = ox.Store()
    engine.extend([in_graph(1), in_graph(2), in_graph(1, None)])
    return engine


def test_put_removes_what_is_missing_and_adds_what_is_new(engine: ox.Store) -> None:
    before = set(engine)
    write = evaluate_put(engine, GRAPH, [triple(2), triple(3)], 10)
    assert set(engine) == before
    assert set(write.change.removed_quads()) == {in_graph(1)}
    assert set(write.change.added_quads()) == {in_graph(3)}
    assert (write.is_new, write.change.created) == (False, ())


@pytest.mark.parametrize("evaluate", [evaluate_put, evaluate_post])
def test_a_new_graph_is_created_even_if_it_is_empty(engine: ox.Store, evaluate: object) -> None:
    assert callable(evaluate)
    write = evaluate(engine, ox.NamedNode("urn:new"), [], 10)
    assert (write.is_new, write.change.created, write.change.added) == (True, ("urn:new",), b"")


def test_post_adds_only_what_is_missing(engine: ox.Store) -> None:
    write = evaluate_post(engine, None, [triple(1), triple(2)], 10)
    assert set(write.change.added_quads()) == {in_graph(2, None)}
    assert (write.is_new, write.change.removed) == (False, b"")


def test_delete_drops_a_named_graph_and_clears_the_default_graph(engine: ox.Store) -> None:
    write = evaluate_delete(engine, GRAPH, 10)
    assert set(write.change.removed_quads()) == {in_graph(1), in_graph(2)}
    assert write.change.dropped == (GRAPH.value,)
    assert evaluate_delete(engine, None, 10).change.dropped == ()
    with pytest.raises(UnknownNameError):
        evaluate_delete(engine, ox.NamedNode("urn:none"), 10)


def test_a_change_of_too_many_quads_is_refused(engine: ox.Store) -> None:
    with pytest.raises(ChangeTooLargeError):
        evaluate_put(engine, GRAPH, [triple(3)], 2)
    with pytest.raises(ChangeTooLargeError):
        evaluate_post(engine, GRAPH, [triple(3), triple(4)], 1)
    with pytest.raises(ChangeTooLargeError):
        evaluate_delete(engine, GRAPH, 1)
    assert not evaluate_put(engine, GRAPH, [triple(1), triple(2)], 0).change, "what makes no difference is not counted"
