"""The running core: knowledge graph, executor, writer, catalogue, tokens. Opens and closes them; no globals."""

import logging
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import pyoxigraph as ox

from kg.access.access_control import AccessControl
from kg.access_rights import find_restricted_graphs
from kg.catalog.dump_files import DumpFiles
from kg.commit_follower import CommitFollower
from kg.data_directory import DUMPS, LIST_INDEX, TEXT_INDEX
from kg.errors import ConflictKgError, OverloadedError, QueryLimitError, RestrictedError, ServiceClosingError
from kg.execution.engine_view import hide_graphs
from kg.execution.interface import Executor, Query
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.pool import WorkerPool
from kg.execution.procedure import ProcedureFailedError, load_procedures
from kg.knowledge_graph import KnowledgeGraph
from kg.later_judge import LaterJudge
from kg.lists.list_index import ListIndex
from kg.questions.catalogue import Catalogue
from kg.schema.class_index import ClassIndex
from kg.search.text_index import TextIndex
from kg.server_file import ServerAddress, local_url, publish_address
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.write_gate import open_gate
from kg.writer import Writer

_log = logging.getLogger(__name__)

FACTORY = "api.procedures:create_procedures"
"""The import string of the procedures that run in the workers."""


@dataclass(frozen=True, slots=True)
class Services:
    """The core as the app is given it: a knowledge graph, executor and writer over its store, the catalogue."""

    settings: Settings
    knowledge_graph: KnowledgeGraph
    executor: Executor
    writer: Writer
    catalogue: Catalogue
    access: AccessControl
    later_judge: LaterJudge | None = None
    text_index: TextIndex | None = None
    """None in plain mode and over a remote engine."""
    list_index: ListIndex | None = None
    """The same."""
    dump_files: DumpFiles | None = None
    """None in plain mode, which knows no home graphs, and over a remote engine, which is not read as a whole."""

    def prepare(self) -> None:
        """Load the shipped data where the store is empty, and say in the log which graphs are not served."""
        self.writer.prepare()
        if hidden := self._list_hidden():
            names = ", ".join(sorted(graph.value for graph in hidden))
            refused = " Over a remote engine, every read is refused." if self.settings.store else ""
            _log.warning("not served, because restricted: %s. KG_PUBLISH_RESTRICTED=yes serves them.%s", names, refused)

    def open_visible_store(self) -> Store:
        """The store as it is now, without the graphs that are not served. Raises RestrictedError over a remote engine.

        For reading in this process; workers have a view of their own.
        """
        store, hidden = self.knowledge_graph.store, self._list_hidden()
        if isinstance(store, EmbeddedStore):
            return hide_graphs(store, hidden)
        if hidden:
            raise RestrictedError("graph", min(graph.value for graph in hidden))
        return store

    def _list_hidden(self) -> frozenset[ox.NamedNode]:
        return find_restricted_graphs(self.knowledge_graph.store) if self.settings.hides_restricted else frozenset()

    def wait_for_worker(self) -> None:
        """Return once a worker answers queries: the first ones have to load their procedures. Raises StoreError."""
        while not self.settings.store:
            try:
                self.executor.run(Query(text="ASK {}")).close()
            except (OverloadedError, QueryLimitError):
                continue
            return

    def announce(self) -> AbstractContextManager[None]:
        """Write the address of this server to the data directory, for the command line; removed at exit."""
        if self.settings.store:
            return nullcontext()
        url = local_url(self.settings.host, self.settings.port)
        return publish_address(self.settings.data_dir, ServerAddress(url, self.access.authenticator.owner_token))

    def index(self) -> None:
        """Index the graph for search and lists, unless they have followed it: they wait for that, and nothing else."""
        for index in _present(self.text_index, self.list_index):
            index.renew(self.knowledge_graph.store)

    def validate(self) -> None:
        """Validate the whole graph, unless it is known to conform: reads are served meanwhile, and no write is.

        If that fails, the next write tries it again.
        """
        try:
            self.writer.validate_all()
        except ServiceClosingError:
            return
        except (ConflictKgError, ProcedureFailedError):
            _log.exception("the whole graph could not be validated")

    def close(self) -> None:
        """Close all of it; the executor first, because it copies from the store."""
        self.executor.close()
        if self.later_judge is not None:
            self.later_judge.close()
        for index in _present(self.text_index, self.list_index):
            index.close()
        self.knowledge_graph.close()


def open_services(settings: Settings) -> Services:
    """The services that the settings describe. Raises StoreError."""
    graph = KnowledgeGraph.open(settings)
    executor = _open_executor(graph)
    gate = open_gate(settings)
    later_judge = LaterJudge(executor, gate)
    text_index, list_index = _open_text_index(graph), _open_list_index(graph)
    dump_files = _open_dumps(settings, graph.store)
    writer = Writer(settings, graph.store, executor, gate, later_judge, _present(text_index, list_index))
    access, catalogue = AccessControl.open(settings), Catalogue.load()
    return Services(
        settings, graph, executor, writer, catalogue, access, later_judge, text_index, list_index, dump_files
    )


def _present(*indexes: CommitFollower | None) -> list[CommitFollower]:
    return [index for index in indexes if index is not None]


def _open_text_index(graph: KnowledgeGraph) -> TextIndex | None:
    settings = graph.settings
    if settings.plain or not isinstance(graph.store, EmbeddedStore):
        return None
    try:
        kinds, hides_restricted = ClassIndex(graph.schema).thing_kinds, settings.hides_restricted
        return TextIndex(settings.data_dir / TEXT_INDEX, settings.base_iri, kinds, hides_restricted=hides_restricted)
    except (sqlite3.Error, OSError):
        _log.exception("there is no search: the text index cannot be opened")
        return None


def _open_list_index(graph: KnowledgeGraph) -> ListIndex | None:
    settings = graph.settings
    if settings.plain or not isinstance(graph.store, EmbeddedStore):
        return None
    try:
        classes, hides_restricted = ClassIndex(graph.schema), settings.hides_restricted
        return ListIndex(settings.data_dir / LIST_INDEX, classes, hides_restricted=hides_restricted)
    except (sqlite3.Error, OSError):
        _log.exception("there are no lists: their index cannot be opened")
        return None


def _open_dumps(settings: Settings, store: Store) -> DumpFiles | None:
    if settings.plain or not isinstance(store, EmbeddedStore):
        return None
    folder, includes_restricted = settings.data_dir / DUMPS, settings.publish_restricted
    return DumpFiles(store, folder, settings.base_iri, includes_restricted=includes_restricted)


def _open_executor(graph: KnowledgeGraph) -> Executor:
    store = graph.store
    if isinstance(store, EmbeddedStore):
        return WorkerPool(store, graph.settings.data_dir / "workers", graph.settings, procedures=FACTORY)
    procedures = load_procedures(FACTORY, graph.settings)
    return PassthroughExecutor(store, queue_length=graph.settings.queue_length, procedures=procedures)
