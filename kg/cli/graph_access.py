"""Access of a command to the graph: through the data directory or, while a server has it open, through that server."""

from collections.abc import Iterator
from contextlib import contextmanager

from kg import server_client
from kg.cli.progress import ProgressBar
from kg.errors import StoreLockedError
from kg.knowledge_graph import KnowledgeGraph
from kg.server_file import ServerAddress, read_address
from kg.settings import Settings
from kg.store.interface import Store
from kg.store.remote import RemoteStore


@contextmanager
def open_graph(settings: Settings) -> Iterator[KnowledgeGraph | ServerAddress]:
    """The knowledge graph, with the shipped data loaded on first use; or the address of the server that has it open.

    Raises StoreLockedError when another process has the directory open and no server answers at its address.
    """
    try:
        knowledge_graph = KnowledgeGraph.open(settings)
    except StoreLockedError:
        address = read_address(settings.data_dir)
        if address is None or not server_client.is_alive(address):
            raise
        yield address
        return
    try:
        with ProgressBar("loading the shipped data") as bar:
            knowledge_graph.prepare(bar.step)
        yield knowledge_graph
    finally:
        knowledge_graph.close()


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store for reading: the embedded or remote one, or the SPARQL endpoint of the server that has it open."""
    with open_graph(settings) as graph:
        if isinstance(graph, KnowledgeGraph):
            yield graph.store
            return
        store = RemoteStore.open(f"{graph.url}/sparql", timeout=settings.query_timeout_s + 5)
        try:
            yield store
        finally:
            store.close()
