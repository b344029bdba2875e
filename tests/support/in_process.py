"""A knowledge graph whose writes are prepared in this process, without sandbox: for tests of what a load does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.ingest.documents import Document, read_bytes
from kg.ingest.ingestor import Ingestor
from kg.ingest.load_plan import LoadPlan
from kg.knowledge_graph import KnowledgeGraph, list_shipped_documents, load_shipped_schema
from kg.schema.model import Schema
from kg.settings import Settings
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.validation.validator import Validator


@dataclass(frozen=True)
class InProcessGraph:
    """A store and the ingestor for it."""

    store: Store
    ingestor: Ingestor
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def create(cls, settings: Settings | None = None, store: Store | None = None) -> "InProcessGraph":
        """A graph in this store or a new one, with the shipped schema."""
        settings = settings or Settings()
        schema = load_shipped_schema(settings.base_iri)
        archive = SourceArchive(settings.archive_dir)
        ingestor = Ingestor(schema, Validator(schema.shapes), archive, settings.base_iri)
        return cls(store or EmbeddedStore.in_memory(), ingestor, settings)

    @property
    def schema(self) -> Schema:
        return self.ingestor.schema

    @property
    def knowledge_graph(self) -> KnowledgeGraph:
        """The same graph, for readers."""
        return KnowledgeGraph(self.settings, self.store, self.schema, self.ingestor.archive)

    def read_files(self, paths: Iterable[Path]) -> list[Document]:
        """The documents at these paths."""
        return self.ingestor.read_all([(str(path), read_bytes(path)) for path in paths], self.store)

    def load(self, documents: Iterable[Document], *, dry_run: bool = False) -> LoadPlan:
        """Load the documents."""
        plan = self.ingestor.plan(list(documents), self.store)
        if plan.change and not dry_run:
            self.store.apply(plan.change)
        return plan

    def load_shipped(self) -> None:
        """Load the shipped data."""
        self.load(self.read_files(list_shipped_documents()))
