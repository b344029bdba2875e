"""The history of a store, from its journal: the state at an earlier version, and the beginning of a journal.

Reads the files of the journal only, so that another process may have the store open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from shutil import rmtree

import pyoxigraph as ox

from kg.errors import HistoryRedactedError, StoreError
from kg.journal.journal import Journal, read_records
from kg.journal.record import Entry, Provenance, Record
from kg.journal.segment import sync_directory
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.engine import open_engine

ADOPTION = Provenance(
    agent="conflict-kg", operation="adopt", reason="the data of a store from before there was a journal"
)
_QUADS_PER_COMMIT = 20_000


def to_changes(record: Record) -> Iterator[Change]:
    """The change of a commit, without the rows that were redacted; in parts if it is large."""
    for removed, added in record.parts():
        yield Change(removed, added)
    yield Change(created=record.entry.created, dropped=record.entry.dropped)


def restore_state(journal: Path, version: int, *, union: bool = True) -> EmbeddedStore:
    """The data after the commit of that version, in memory: all changes made again from the first one.

    Raises HistoryRedactedError if rows of one of them were redacted, JournalCorruptError, or StoreError if the journal
    ends before.
    """
    engine, reached = ox.Store(), 0
    name = "0"
    for record in islice(read_records(journal), version):
        if record.redacted:
            raise HistoryRedactedError(version, record.version, record.redacted)
        for change in to_changes(record):
            change.apply_to(engine)
        reached, name = record.version, record.dataset_version
    if reached != version:
        raise StoreError(f"{journal}: it ends at version {reached}; there is no version {version}")
    return EmbeddedStore.of_copy(engine, union=union, version=name)


def adopt(graph: Path, journal: Path) -> None:
    """Record the data of a store without a journal as the first commits of one; of an empty store none.

    Done whole or not at all, and again from the start if it was interrupted. Raises StoreError.
    """
    if journal.is_dir() or not (graph / "CURRENT").exists():
        return
    engine, staged = open_engine(graph), journal.with_suffix(".next")
    rmtree(staged, ignore_errors=True)
    entries = _entries_of(engine)
    if (first := next(entries, None)) is None:
        return
    opened = Journal.open(staged)
    try:
        engine.flush()
        opened.append([first])
        for entry in entries:
            opened.append([entry])
        opened.mark_flushed()
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{graph}: {error}") from error
    finally:
        opened.close()
    staged.replace(journal)
    sync_directory(journal.parent)


def _entries_of(engine: ox.Store) -> Iterator[Entry]:
    """Changes that lead from nothing to this store, and none for an empty one."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    named = (graph for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode))
    empty = [graph.value for graph in named if not any(engine.quads_for_pattern(None, None, None, graph))]
    quads = iter(engine)
    while (part := list(islice(quads, _QUADS_PER_COMMIT))) or empty:
        change = Change.from_quads(added=part, created=empty)
        empty = []
        yield Entry(provenance=ADOPTION, time=time, added=change.added, created=change.created, graphs=change.graphs)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a store has and its journal does not, and the other way round."""

    only_in_store: int
    only_in_journal: int
    example: str
    """A quad that is in one of them only."""

    def __bool__(self) -> bool:
        return bool(self.only_in_store or self.only_in_journal)


def compare(store: EmbeddedStore, replayed: EmbeddedStore) -> Difference:
    """How the quads of the store differ from those that were restored from its journal."""
    surplus = [quad for quad in store.quads() if quad not in replayed.engine]
    missing = [quad for quad in replayed.quads() if quad not in store.engine]
    example = next((str(quad) for quad in [*surplus, *missing]), "")
    return Difference(len(surplus), len(missing), example)
