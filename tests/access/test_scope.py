"""A scope permits what it names, and nothing else."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.access.scope import EVERYTHING, Operation, Scope, parse_graph, parse_operations
from kg.errors import BadParameterError

BASE = "http://example.org/"
GRAPHS = f"{BASE}graph/"
names = st.text("abc/.%*", max_size=6)
iris = st.builds(lambda name: GRAPHS + name, st.text("abc/.%", max_size=6))


def scope(*graphs: str) -> Scope:
    return Scope(frozenset(Operation), graphs)


@given(iris, iris)
def test_an_exact_graph_permits_itself_only(pattern: str, graph: str) -> None:
    assert scope(pattern).list_outside([graph]) == ([] if graph == pattern else [graph])


@given(iris, iris)
def test_a_beginning_permits_exactly_the_graphs_that_begin_so(beginning: str, graph: str) -> None:
    assert (scope(f"{beginning}*").list_outside([graph]) == []) is graph.startswith(beginning)


@given(st.sets(iris), st.lists(iris), st.lists(iris))
def test_more_patterns_permit_no_less_and_a_part_of_what_is_permitted_is_permitted(
    graphs: set[str], few: list[str], more: list[str]
) -> None:
    outside = scope(*few).list_outside(graphs)
    assert set(scope(*few, *more).list_outside(graphs)) <= set(outside)
    assert scope(*few).list_outside(graphs - set(outside)) == []
    assert outside == sorted(outside)


@given(iris)
def test_a_scope_without_graphs_permits_none_and_one_of_all_permits_any(graph: str) -> None:
    assert scope().list_outside([graph, ""]) == ["", graph]
    assert scope("*").list_outside([graph, ""]) == []


def test_the_default_graph_is_permitted_by_its_own_name_or_by_all() -> None:
    assert scope("default").list_outside([""]) == []
    assert scope(GRAPHS + "*", "http:*").list_outside([""]) == [""]
    assert scope("default").list_outside(["default", "default:a"]) == ["default", "default:a"]


@given(names)
def test_a_parsed_graph_permits_what_was_written(name: str) -> None:
    try:
        pattern = parse_graph(name, BASE)
    except BadParameterError:
        assert not name or "*" in name[:-1]
        return
    assume(name != "*")
    assert pattern == GRAPHS + name
    assert scope(pattern).list_outside([GRAPHS + name.rstrip("*")]) == []


@pytest.mark.parametrize("text", ["*", "default", "http://a.example/g", "urn:x:*", "http://a.example/\u00e9"])
def test_iris_and_beginnings_are_taken_as_they_are(text: str) -> None:
    assert parse_graph(text, BASE) == text


@pytest.mark.parametrize(
    "text", ["", "**", "a*b", "http://a.example/*/b", "http://a b", "a b", "<http://a>", "a\n", "1:a"]
)
def test_what_names_no_graph_is_refused(text: str) -> None:
    with pytest.raises(BadParameterError):
        parse_graph(text, BASE)


def test_operations_are_named_one_by_one_or_all() -> None:
    assert parse_operations(["load", "put"]) == {Operation.LOAD, Operation.PUT}
    assert parse_operations(["*"]) == frozenset(Operation) == EVERYTHING.operations
    assert not Scope(parse_operations(["load"]), ("*",)).allows(Operation.DELETE)
    with pytest.raises(BadParameterError):
        parse_operations(["load", "everything"])
