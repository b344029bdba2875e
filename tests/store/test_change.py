"""Changes as values: what they are made of, how they are encoded, and that they are taken back exactly."""

from itertools import pairwise

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.sparql_text import split_quads

from .conftest import iri, quad

BLANK = ox.BlankNode("kept")
NESTED = ox.Triple(iri("s"), iri("p"), ox.Literal('a ")>>" <http://example.org/g> .'))
QUADS = [
    quad("a", 'quoted "x" <urn:y> _:z .\nnext \\'),
    ox.Quad(iri("a"), iri("p"), ox.Literal("x", language="de-1996")),
    quad("b", BLANK),
    ox.Quad(BLANK, iri("p"), iri("o")),
    quad("c", NESTED),
    quad("c", ox.Triple(BLANK, iri("p"), iri("o"))),
]


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        Change.from_quads(QUADS[:2], QUADS[2:]),
        Change.from_quads(created=["http://example.org/é"], dropped=["http://example.org/b"]),
    ],
)
def test_a_change_survives_its_encoding(change: Change) -> None:
    assert Change.from_bytes(change.to_bytes()) == change


def test_only_an_empty_change_is_false() -> None:
    assert not Change()
    assert all(
        [
            Change.from_quads(QUADS),
            Change.from_quads(added=QUADS),
            Change(created=("urn:x",)),
            Change(dropped=("urn:x",)),
        ]
    )


def test_quads_are_counted_whatever_their_literals_contain() -> None:
    change = Change.from_quads(QUADS[:2], QUADS)
    assert (change.removed_count, change.added_count) == (2, len(QUADS))


def test_only_quads_with_a_blank_node_or_a_triple_term_are_left_out_of_quad_data() -> None:
    data, unnamed = split_quads(Change.from_quads(added=QUADS).added)
    assert set(unnamed) == set(QUADS[2:])
    staging = ox.Store()
    staging.update(f"INSERT DATA {{ {data} }}")
    assert set(staging) == set(QUADS[:2])


@pytest.mark.parametrize("quads", [QUADS, QUADS[:2], QUADS[2:]])
def test_a_store_and_a_private_copy_make_the_same_change_and_take_it_back(quads: list[ox.Quad]) -> None:
    store, engine = EmbeddedStore.in_memory(), ox.Store()
    before = Change.from_quads(added=[quad("z", 1, "h"), ox.Quad(BLANK, iri("q"), iri("o"), iri("h"))])
    change = Change.from_quads([quad("z", 1, "h")], quads, ["http://example.org/empty", "http://example.org/g"])
    for step in (before, change):
        store.apply(step)
        step.apply_to(engine)
    assert set(store.quads()) == set(engine) == {*quads, ox.Quad(BLANK, iri("q"), iri("o"), iri("h"))}
    assert store.contains_graph(iri("empty"))
    assert engine.contains_named_graph(iri("empty"))
    store.apply(change.inverse())
    change.inverse().apply_to(engine)
    assert set(store.quads()) == set(engine) == set(before.added_quads())
    assert not store.contains_graph(iri("empty"))
    assert not store.contains_graph(iri("g"))
    assert {str(name) for name in engine.named_graphs()} == {str(iri("h"))}


@given(st.text(st.characters(codec="utf-8")))
def test_a_literal_of_any_characters_is_quad_data(text: str) -> None:
    quads = [quad("a", text), ox.Quad(iri("a"), iri("p"), ox.Literal(text))]
    data, unnamed = split_quads(Change.from_quads(added=quads).added)
    assert unnamed == []
    staging = ox.Store()
    staging.update(f"INSERT DATA {{ {data} }}")
    assert set(staging) == set(quads)


_IRIS = st.sampled_from(["http://example.org/a", "http://example.org/é", "urn:x:b"]).map(ox.NamedNode)
_TEXTS = st.text() | st.lists(
    st.sampled_from(['"', "\\", "<urn:x:b>", " ", ".", "\n", "\r", "\u2028", ")>>", "<<(", "_:b"]), max_size=8
).map("".join)
_LITERALS = (
    st.builds(ox.Literal, _TEXTS)
    | st.builds(lambda text: ox.Literal(text, language="de-1996"), _TEXTS)
    | st.builds(lambda text, datatype: ox.Literal(text, datatype=datatype), _TEXTS, _IRIS)
)
_TERMS = st.recursive(
    _IRIS | _LITERALS | st.just(BLANK),
    lambda terms: st.builds(lambda predicate, term: ox.Triple(iri("s"), predicate, term), _IRIS, terms),
    max_leaves=3,
)
_GRAPHS = _IRIS | st.just(ox.DefaultGraph()) | st.just(BLANK)
_RANDOM_QUADS = st.lists(st.builds(ox.Quad, _IRIS | st.just(BLANK), _IRIS, _TERMS, _GRAPHS), max_size=6)


@given(_RANDOM_QUADS, _RANDOM_QUADS)
def test_the_touched_graphs_are_those_of_the_quads_whatever_these_contain(
    removed: list[ox.Quad], added: list[ox.Quad]
) -> None:
    graphs = [quad.graph_name for quad in (*removed, *added)]
    expected = {graph.value if isinstance(graph, ox.NamedNode) else "" for graph in graphs}
    change = Change.from_quads(removed, added, created=["urn:x:new"])
    assert change.touched == expected | {"urn:x:new"}
    assert set(change.graphs) == change.touched - {""}


@given(_RANDOM_QUADS, _RANDOM_QUADS, st.frozensets(_IRIS))
def test_a_change_without_some_graphs_has_the_quads_of_the_others(
    removed: list[ox.Quad], added: list[ox.Quad], graphs: frozenset[ox.NamedNode]
) -> None:
    change = Change.from_quads(removed, added, created=[graph.value for graph in graphs], dropped=["urn:x:kept"])
    kept = change.without(graphs)
    for quads, found in ((removed, kept.removed_quads()), (added, kept.added_quads())):
        assert set(found) == {quad for quad in quads if quad.graph_name not in graphs}
    assert (kept.created, kept.dropped) == ((), ("urn:x:kept",))


@given(st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=6))
def test_merged_changes_lead_to_the_same_quads_and_graphs_as_each_after_the_other(states: list[set[int]]) -> None:
    """``states``: which quads the graph has after each change; for each of them there is a graph of its own too."""
    steps = [
        Change.from_quads(
            [quad("a", number) for number in before - after],
            [quad("a", number) for number in after - before],
            [f"http://example.org/{number}" for number in after - before],
            [f"http://example.org/{number}" for number in before - after],
        )
        for before, after in pairwise([set(), *states])
    ]
    added = {f"http://example.org/{number}" for number in states[-1]}
    merged = Change.merge(steps)
    assert (set(merged.removed_quads()), merged.dropped) == (set(), ())
    assert set(merged.added_quads()) == {quad("a", number) for number in states[-1]}
    assert merged.created == tuple(sorted(added))
    undone = Change.merge([*steps[1:], Change.merge(steps[1:]).inverse()])
    assert not undone
