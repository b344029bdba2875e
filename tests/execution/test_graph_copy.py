"""A copy of the graph follows the commits, each once, and knows which version it has."""

import pyoxigraph as ox

from kg.execution.graph_copy import GraphCopy, encode_change
from kg.store.change import Change

A, B = (ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal(name)) for name in "ab")


def payload_of(change: Change, version: str) -> bytes:
    frame = encode_change(change, version)
    return frame[5:]


def test_a_copy_has_the_version_of_the_last_commit_that_it_was_sent() -> None:
    copy = GraphCopy(ox.Store(), "6-a")
    copy.apply(payload_of(Change.from_quads(added=[A]), "7-b"))
    copy.apply(payload_of(Change.from_quads(added=[B]), "9-c"))
    assert (set(copy.engine), copy.version) == ({A, B}, "9-c")
    assert copy.to_store(union=True).version == "9-c"


def test_a_commit_from_before_the_copy_was_made_brings_nothing_back() -> None:
    copy = GraphCopy(ox.Store(), "8-b")
    copy.apply(payload_of(Change.from_quads(added=[A]), "7-a"))
    assert (set(copy.engine), copy.version) == (set(), "8-b")
    copy.apply(payload_of(Change.from_quads(removed=[A]), "8-b"))
    copy.apply(payload_of(Change.from_quads(added=[B]), "9-c"))
    assert (set(copy.engine), copy.version) == ({B}, "9-c")


def test_a_copy_of_unknown_version_takes_every_commit() -> None:
    copy = GraphCopy(ox.Store())
    copy.apply(payload_of(Change.from_quads(added=[A]), "1-a"))
    assert (set(copy.engine), copy.version) == ({A}, "1-a")
