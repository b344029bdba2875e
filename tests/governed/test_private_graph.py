"""Over an engine to which others write, a change is made only if it is still exactly that change."""

import pyoxigraph as ox
import pytest

from kg.errors import UpdateConflictError
from kg.governed.private_graph import check_unmoved, open_private_copy
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.proposed_change import ProposedChange
from kg.update.private_copy import Limits

A, B, G = (ox.NamedNode(f"http://example.org/{name}") for name in "abg")
OLD, NEW = ox.Quad(A, A, A, G), ox.Quad(B, B, B, G)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=[OLD]))
    # what these functions see is the contract alone
    monkeypatch.setattr("kg.governed.private_graph.EmbeddedStore", type(None))
    return store


def test_change_of_what_stands_still_is_made(store: Store) -> None:
    with open_private_copy(store, Limits(10), [G]) as copy:
        copy.exchange({OLD}, {NEW})
    change = ProposedChange.over(store, copy.removed, copy.added)
    assert (set(change.removed), set(change.added)) == ({OLD}, {NEW})
    check_unmoved(store, change)
    assert set(store.quads()) == {OLD}


@pytest.mark.parametrize("others", [Change.from_quads(removed=[OLD]), Change.from_quads(added=[NEW])])
def test_change_of_what_others_have_changed_meanwhile_is_refused(store: Store, others: Change) -> None:
    change = ProposedChange.over(store, {OLD}, {NEW})
    store.apply(others)
    with pytest.raises(UpdateConflictError, match="written to meanwhile"):
        check_unmoved(store, change)
