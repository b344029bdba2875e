"""A knowledge graph: a store, the schema that its data follows, and the ingestor through which documents are loaded.

Owns how these are put together from settings, the first load of the shipped data, and the lock under which writes
happen one at a time. Knows nothing of queries.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from kg.ingest.documents import Document
from kg.ingest.ingestor import Ingestor, Progress, ignore_progress
from kg.ingest.load_plan import LoadPlan
from kg.ingest.validation import Validator
from kg.package_data import find_folder
from kg.schema.loader import load_schema
from kg.schema.model import Schema
from kg.settings import Settings
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change, Store
from kg.store.remote import RemoteStore


@dataclass(frozen=True)
class KnowledgeGraph:
    """A store with everything that is needed to load documents into it."""

    settings: Settings
    store: Store
    schema: Schema
    ingestor: Ingestor
    archive: SourceArchive
    write_lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held by a writer from its first read of the data until its ``on_commit`` has returned."""

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The knowledge graph in the store that the settings name. Raises StoreError."""
        return cls.from_store(settings, _open_store(settings))

    @classmethod
    def from_store(cls, settings: Settings, store: Store) -> Self:
        """A knowledge graph in this store, with the shipped schema."""
        schema = load_shipped_schema(settings.base_iri)
        archive = SourceArchive(settings.archive_dir)
        ingestor = Ingestor(schema, Validator(schema.shapes), archive, settings.base_iri)
        return cls(settings, store, schema, ingestor, archive)

    def prepare(self, progress: Progress = ignore_progress) -> None:
        """Load the shipped data if the store is empty. Raises InputRejectedError or StoreError."""
        if self.settings.empty or self.settings.plain or self.store.graphs():
            return
        self.load(self.ingestor.read_all(list_shipped_documents(), progress), progress=progress)

    def load(
        self,
        documents: Sequence[Document],
        *,
        dry_run: bool = False,
        progress: Progress = ignore_progress,
        on_commit: Callable[[Change], None] | None = None,
    ) -> LoadPlan:
        """Load the documents, each replacing its home graphs; with ``dry_run``, return the plan and change nothing.

        All or nothing: when it raises InputRejectedError or StoreError, nothing has changed. ``on_commit`` is called
        with the change once it is in the store, before the next writer may start.
        """
        with self.write_lock:
            plan = self.ingestor.plan(documents, self.store, progress=progress)
            if plan.change and not dry_run:
                progress("store")
                self.store.apply(plan.change)
                if on_commit:
                    on_commit(plan.change)
        return plan

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def load_shipped_schema(base_iri: str) -> Schema:
    """The schema of the shipped ontology and shapes."""
    return load_schema(find_folder("ontology"), find_folder("shapes"), base_iri)


def list_shipped_documents() -> Iterable[Path]:
    """The files of the shipped reference data and dossiers."""
    data = find_folder("data")
    return [*sorted(data.glob("reference/*.ttl")), *sorted(data.glob("dossiers/*.yaml"))]


def _open_store(settings: Settings) -> Store:
    union = not settings.plain
    if settings.store:
        return RemoteStore.open(settings.store, timeout=settings.query_timeout_s, union=union)
    return EmbeddedStore.open(settings.data_dir / "graph", union=union)
