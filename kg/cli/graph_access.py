"""Access of a command to the graph: through the data directory or, while a server has it open, through that server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kg import data_directory, server_client
from kg.cli.progress import ProgressBar
from kg.errors import StoreLockedError
from kg.execution.ingest_process import IngestProcess
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.procedure import load_procedures
from kg.knowledge_graph import KnowledgeGraph
from kg.server_file import ServerAddress, read_address
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.remote import RemoteStore
from kg.write_gate import open_gate
from kg.writer import Writer

PROCEDURES = "kg.load_procedure:create_procedures"


@dataclass(frozen=True, slots=True)
class OpenGraph:
    """A knowledge graph that this process has open, and its writer."""

    knowledge_graph: KnowledgeGraph
    writer: Writer


@contextmanager
def open_graph(settings: Settings) -> Iterator[OpenGraph | ServerAddress]:
    """The knowledge graph, with the shipped data loaded on first use; or the address of the server that has it open.

    Raises StoreLockedError when another process has the directory open and no server answers at its address, and
    BaseIriMismatchError when its data is under another base IRI than that of the settings.
    """
    try:
        knowledge_graph = KnowledgeGraph.open(settings)
    except StoreLockedError:
        data_directory.check_recorded(settings)
        address = read_address(settings.data_dir)
        if address is None or not server_client.is_alive(address):
            raise
        yield address
        return
    executor = _open_executor(knowledge_graph)
    writer = Writer(settings, knowledge_graph.store, executor, open_gate(settings))
    try:
        with ProgressBar("loading the shipped data") as bar:
            writer.prepare(bar.step)
        yield OpenGraph(knowledge_graph, writer)
    finally:
        executor.close()
        knowledge_graph.close()


@contextmanager
def open_sandbox(settings: Settings) -> Iterator[IngestProcess]:
    """An ingest process without data, for commands that only read documents."""
    with TemporaryDirectory(prefix="kg-") as directory:
        store = EmbeddedStore.open(Path(directory) / "graph")
        process = IngestProcess(store, Path(directory) / "workers", PROCEDURES, settings)
        try:
            yield process
        finally:
            process.close()
            store.close()


def _open_executor(graph: KnowledgeGraph) -> IngestProcess | PassthroughExecutor:
    """Prepares writes in a sandbox of its own or, over a remote engine, in this process."""
    if isinstance(graph.store, EmbeddedStore):
        return IngestProcess(graph.store, graph.settings.data_dir / "workers", PROCEDURES, graph.settings)
    return PassthroughExecutor(graph.store, procedures=load_procedures(PROCEDURES, graph.settings))


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store for reading: the embedded or remote one, or the SPARQL endpoint of the server that has it open.

    All of it, as the files are those of who runs the command: the server hides nothing from its token.
    """
    with open_graph(settings) as graph:
        if isinstance(graph, OpenGraph):
            yield graph.knowledge_graph.store
            return
        store = RemoteStore.open(f"{graph.url}/sparql", timeout=settings.query_timeout_s + 5, token=graph.token)
        try:
            yield store
        finally:
            store.close()
