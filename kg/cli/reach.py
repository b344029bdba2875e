"""How a command reaches the graph: the data directory itself or, when a server holds it, through that server."""

from collections.abc import Iterator
from contextlib import contextmanager

from kg import server_client
from kg.cli.progress import Bar
from kg.errors import StoreLockedError
from kg.knowledge_graph import KnowledgeGraph
from kg.server_file import ServerAddress, read_address
from kg.settings import Settings
from kg.store.interface import Store
from kg.store.remote import RemoteStore


@contextmanager
def reachable(settings: Settings) -> Iterator[KnowledgeGraph | ServerAddress]:
    """The publication, with the shipped data loaded on first use; or the address of the server that holds it.

    Raises StoreLockedError when another process holds the directory and no server answers for it.
    """
    try:
        found = KnowledgeGraph.open(settings)
    except StoreLockedError:
        address = read_address(settings.data_dir)
        if address is None or not server_client.answers(address):
            raise
        yield address
        return
    try:
        with Bar("loading the shipped data") as bar:
            found.prepare(bar.step)
        yield found
    finally:
        found.close()


@contextmanager
def readable(settings: Settings) -> Iterator[Store]:
    """The store to read from, wherever it is."""
    with reachable(settings) as found:
        if isinstance(found, KnowledgeGraph):
            yield found.store
            return
        store = RemoteStore.open(f"{found.url}/sparql", timeout=settings.query_timeout_s + 5)
        try:
            yield store
        finally:
            store.close()
