"""A publication: a store, the schema it follows, and the door through which documents enter it.

Owns the assembly of the core from settings, the first load of the shipped data, and that writes come one at a time.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg import package_data
from kg import schema as schema_reading
from kg.ingest.documents import Document
from kg.ingest.ingestor import Ingestor, Plan, Progress, silent
from kg.ingest.quotes import Archive
from kg.ingest.validation import Validator
from kg.schema import Schema
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change, Store
from kg.store.remote import RemoteStore


@dataclass(frozen=True)
class KnowledgeGraph:
    """The core, assembled; ``load`` is the only way in."""

    settings: Settings
    store: Store
    schema: Schema
    door: Ingestor
    archive: Archive
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def prepare(self, progress: Progress = silent) -> None:
        """Load the shipped data into an empty store, once. Raises InputRejected or StoreFailure."""
        if self.settings.empty or self.settings.plain or self.store.graphs():
            return
        self.load(self.door.read_all(shipped_documents(), progress), progress=progress)

    def load(
        self,
        documents: Sequence[Document],
        *,
        dry_run: bool = False,
        progress: Progress = silent,
        committed: Callable[[Change], None] = lambda change: None,
    ) -> Plan:
        """Let the documents in, each replacing its home graphs, or with ``dry_run`` tell what that would change.

        All or nothing: raises InputRejected or StoreFailure, and then nothing has changed. ``committed`` is
        called with a change after it was made and before the next writer's turn.
        """
        with self._writing:
            plan = self.door.plan(documents, self.store, progress=progress)
            if plan.change and not dry_run:
                progress("store")
                self.store.apply(plan.change)
                committed(plan.change)
        return plan

    @property
    def writing(self) -> threading.Lock:
        """Held by whoever writes, from the first look at the data to the end of ``committed``."""
        return self._writing

    def graphs(self) -> list[ox.NamedNode]:
        """The home graphs, sorted."""
        return self.store.graphs()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def opened(settings: Settings) -> KnowledgeGraph:
    """The publication in the store that the settings name. Raises StoreFailure."""
    return assembled(settings, _store(settings))


def assembled(settings: Settings, store: Store) -> KnowledgeGraph:
    """A publication over this store."""
    schema = shipped_schema(settings.base_iri)
    archive = Archive(settings.archive_dir)
    door = Ingestor(schema, Validator(schema.shapes), archive, settings.base_iri)
    return KnowledgeGraph(settings, store, schema, door, archive)


def shipped_schema(base_iri: str) -> Schema:
    """The schema of the shipped ontology and shapes."""
    return schema_reading.load_schema(package_data.ontology(), package_data.shapes(), base_iri)


def shipped_documents() -> Iterable[Path]:
    """The files of the shipped registers and dossiers."""
    data = package_data.data()
    return [*sorted(data.glob("reference/*.ttl")), *sorted(data.glob("dossiers/*.yaml"))]


def _store(settings: Settings) -> Store:
    union = not settings.plain
    if settings.store:
        return RemoteStore.open(settings.store, timeout=settings.query_timeout_s, union=union)
    return EmbeddedStore.open(settings.data_dir / "graph", union=union)
