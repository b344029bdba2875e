"""Two graphs looked up as one have the quads of both, each once."""

import pyoxigraph as ox

from kg.store.embedded import EmbeddedStore
from kg.store.joined_lookup import JoinedLookup

A, B, C, P, G, H = (ox.NamedNode(f"https://example.org/{name}") for name in "abcpgh")


def quad(subject: ox.NamedNode, object_: ox.NamedNode, graph: ox.NamedNode = G) -> ox.Quad:
    return ox.Quad(subject, P, object_, graph)


def join(first: list[ox.Quad], second: list[ox.Quad], *common: ox.NamedNode) -> JoinedLookup:
    stores = EmbeddedStore.in_memory(), EmbeddedStore.in_memory()
    for store, quads in zip(stores, (first, second), strict=True):
        store.engine.extend(quads)
    return JoinedLookup(*stores, frozenset(common))


def test_quads_of_both_are_found() -> None:
    joined = join([quad(A, C)], [quad(B, C, H)])
    assert set(joined.match(None, P, C)) == {quad(A, C), quad(B, C, H)}
    assert list(joined.match(None, None, None, H)) == [quad(B, C, H)]
    assert joined.match_each([(A, None, None), (None, None, C), (C, None, None)]) == [
        [quad(A, C)],
        [quad(A, C), quad(B, C, H)],
        [],
    ]


def test_quads_in_both_are_found_once() -> None:
    joined = join([quad(A, C), quad(B, C, H)], [quad(B, C, H), quad(C, B)], B)
    assert sorted(joined.match(None, None, None), key=str) == [quad(A, C), quad(B, C, H), quad(C, B)]
    assert joined.match_each([(B, None, None), (None, P, B)]) == [[quad(B, C, H)], [quad(C, B)]]
