"""The private copy in which a write is evaluated: the ingest worker's graph or, over a remote engine, what is read.

Owns how much is read, and the check that nobody has written to the engine meanwhile. Knows nothing of what writes do.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pyoxigraph as ox

from kg.errors import QueryRefusedError, UpdateConflictError
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.proposed_change import ProposedChange
from kg.update.private_copy import Limits, PrivateCopy

MAX_COPIED = 500_000
"""Quads that are read of a remote engine for one write."""


@contextmanager
def open_private_copy(store: Store, limits: Limits, graphs: Collection[ox.NamedNode] | None) -> Iterator[PrivateCopy]:
    """A copy with at least these graphs, or with all of them; it is gone, or as it was, at the end.

    Raises QueryRefusedError where that is too much to be read of a remote engine.
    """
    if isinstance(store, EmbeddedStore):
        copy = PrivateCopy(store.engine, limits)
        try:
            yield copy
        finally:
            copy.restore()
        return
    engine = ox.Store()
    for graph in graphs if graphs is not None else [None]:
        for number, quad in enumerate(store.quads(graph), start=1):
            if number > MAX_COPIED:
                raise QueryRefusedError(
                    f"over a remote engine, the WHERE of an update reads at most {MAX_COPIED:,} quads;"
                    " write INSERT DATA and DELETE DATA, or PATCH one graph"
                )
            engine.add(quad)
    yield PrivateCopy(engine, limits)


def check_unmoved(store: Store, change: ProposedChange) -> None:
    """Look again, just before the commit, at what the change removes and adds.

    Over an engine to which others write, raises UpdateConflictError where it would no longer be exactly this change.
    """
    if isinstance(store, EmbeddedStore):
        return
    quads = [*change.removed, *change.added]
    found = store.match_each([(quad.subject, quad.predicate, quad.object) for quad in quads])
    for quad, present in zip(quads, found, strict=True):
        if (quad in present) != (quad in change.removed):
            raise UpdateConflictError(
                f"the engine has been written to meanwhile, in {quad.graph_name}; nothing was changed, send it again"
            )
