"""A view of a changed graph finds what a graph that was changed so finds, by whatever pattern."""

import random
from itertools import product

import pyoxigraph as ox
import pytest

from kg.store.cached_lookup import CachedLookup
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Object, Pattern, QuadLookup
from kg.store.overlay import Overlay
from kg.store.proposed_change import ProposedChange
from kg.update.private_copy import Limits, PrivateCopy

NODES = [ox.NamedNode(f"x:{name}") for name in "abcd"]
VALUES: list[Object] = [*NODES, ox.Literal("a"), ox.Literal(1), ox.BlankNode("b")]
GRAPHS = [ox.NamedNode("x:g"), ox.NamedNode("x:h")]
QUADS = [ox.Quad(*terms) for terms in product(NODES, NODES, VALUES, GRAPHS)]
PATTERNS: list[Pattern] = [
    (subject, predicate, value)
    for subject in (None, *NODES)
    for predicate in (None, *NODES)
    for value in (None, *VALUES)
]


def graph_of(quads: set[ox.Quad]) -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.engine.extend(quads)
    return store


def assert_equal(one: QuadLookup, other: QuadLookup) -> None:
    for found, expected in zip(one.match_each(PATTERNS), other.match_each(PATTERNS), strict=True):
        assert len(found) == len(expected)
        assert set(found) == set(expected)
    for pattern, graph in product(PATTERNS, (None, *GRAPHS)):
        assert sorted(one.match(*pattern, graph), key=str) == sorted(other.match(*pattern, graph), key=str)


@pytest.mark.parametrize("seed", range(5))
def test_a_view_finds_what_a_changed_private_copy_finds(seed: int) -> None:
    rng = random.Random(seed)
    before = set(rng.sample(QUADS, 60))
    deleted, inserted = set(rng.sample(QUADS, 40)), set(rng.sample(QUADS, 40))
    removed, added = (deleted & before) - inserted, inserted - before
    copied = graph_of(before)
    PrivateCopy(copied.engine, Limits(1_000)).exchange(deleted, inserted)
    view = Overlay(graph_of(before), removed, added)
    assert_equal(view, copied)
    assert_equal(CachedLookup(view), copied)


@pytest.mark.parametrize("seed", range(5))
def test_a_change_that_is_amended_is_exact_and_can_be_taken_back(seed: int) -> None:
    rng = random.Random(seed)
    before = set(rng.sample(QUADS, 60))
    change = ProposedChange.over(graph_of(before), frozenset(), frozenset())
    state = before
    for _ in range(3):
        deleted = set(rng.sample(sorted(state, key=str), 20))
        inserted = set(rng.sample(QUADS, 20)) - state
        change, state = change.amend(deleted, inserted), (state - deleted) | inserted
    assert change.removed == before - state
    assert change.added == state - before
    assert_equal(change.after, graph_of(state))
    assert_equal(change.before, graph_of(before))


def test_a_cached_pattern_is_looked_up_once() -> None:
    graph = graph_of(set(QUADS[:10]))
    lookup = CachedLookup(graph)
    first = lookup.match_each(PATTERNS)
    graph.close()
    assert lookup.match_each(PATTERNS) == first
