"""A knowledge graph: a store, the schema that its data follows, and the archive of source texts, opened together.

Owns how these are put together from settings, and what is shipped. Knows nothing of queries; ``kg.writer`` writes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kg import data_directory
from kg.package_data import find_folder
from kg.schema.loader import load_schema
from kg.schema.model import Schema
from kg.settings import Settings
from kg.source_archive import SourceArchive
from kg.store import history
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.outbox import Outbox
from kg.store.remote import RemoteStore


@dataclass(frozen=True, slots=True)
class KnowledgeGraph:
    """A store with everything that is needed to understand its data."""

    settings: Settings
    store: Store
    schema: Schema
    archive: SourceArchive

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The knowledge graph in the store that the settings name. Raises StoreError."""
        return cls.from_store(settings, _open_store(settings))

    @classmethod
    def from_store(cls, settings: Settings, store: Store) -> Self:
        """A knowledge graph in this store, with the shipped schema."""
        schema = load_shipped_schema(settings.base_iri)
        return cls(settings, store, schema, SourceArchive(settings.archive_dir))

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def load_shipped_schema(base_iri: str) -> Schema:
    """The schema of the shipped ontology and shapes."""
    return load_schema(find_folder("ontology"), find_folder("shapes"), base_iri)


def list_shipped_documents() -> Sequence[Path]:
    """The files of the shipped reference data and dossiers."""
    data = find_folder("data")
    return [*sorted(data.glob("reference/*.ttl")), *sorted(data.glob("dossiers/*.yaml"))]


def open_engine(settings: Settings) -> RemoteStore:
    """The engine of ``KG_STORE``. Raises StoreUnreachableError."""
    return RemoteStore.open(
        settings.store,
        timeout=settings.query_timeout_s,
        union=not settings.plain,
        token=settings.store_token,
        request_quads=settings.store_request_quads,
    )


def _open_store(settings: Settings) -> Store:
    union = not settings.plain
    if settings.store:
        remote = open_engine(settings)
        with _closed_on_error(remote):
            Outbox(settings.data_dir, settings.store).complete(remote)
            if not settings.plain:
                data_directory.check_home_graphs("the engine of KG_STORE", settings.base_iri, remote)
        return remote
    graph, journal = (settings.data_dir / name for name in (data_directory.GRAPH_STORE, data_directory.JOURNAL))
    data_directory.check_journal(settings.data_dir)
    history.adopt(graph, journal)
    withdrawals = None if settings.plain else settings.data_dir / data_directory.WITHDRAWALS
    embedded = EmbeddedStore.open(graph, journal=journal, union=union, withdrawals=withdrawals)
    with _closed_on_error(embedded):
        data_directory.adopt(settings, embedded)
    data_directory.remove_bulk_loads(settings.data_dir)
    return embedded


@contextmanager
def _closed_on_error(store: Store) -> Iterator[None]:
    try:
        yield
    except BaseException:
        store.close()
        raise
