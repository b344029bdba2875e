"""How a command searches the graph: by the text index of the data directory or, while a server has it open, through it.

Over a remote engine, which has no index, one is made for this one search.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from kg import server_client
from kg.cli.graph_access import OpenGraph, open_graph
from kg.data_directory import TEXT_INDEX
from kg.knowledge_graph import KnowledgeGraph
from kg.schema.class_index import ClassIndex
from kg.search.hits import Hit, find_hits
from kg.search.text_index import TextIndex
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable
from kg.store.remote import RemoteStore


@dataclass(frozen=True, slots=True)
class GraphSearch:
    """The graph for reading, and its search."""

    store: Queryable
    find: Callable[[str, str], Sequence[Hit]]
    """The hits of these words, the best first; only of one kind, unless it is empty."""


@contextmanager
def open_search(settings: Settings) -> Iterator[GraphSearch]:
    """The search of the graph that the settings name."""
    with open_graph(settings) as graph:
        if isinstance(graph, OpenGraph):
            store = graph.knowledge_graph.store
            with _open_index(graph.knowledge_graph) as index:
                yield GraphSearch(store, lambda words, kind: find_hits(store, words, index.search(words), kind))
            return
        remote = RemoteStore.open(f"{graph.url}/sparql", timeout=settings.query_timeout_s + 5)
        try:
            yield GraphSearch(remote, partial(server_client.search, graph))
        finally:
            remote.close()


@contextmanager
def _open_index(graph: KnowledgeGraph) -> Iterator[TextIndex]:
    """An index of all that is in the store now."""
    with TemporaryDirectory(prefix="kg-") as temporary:
        is_local = isinstance(graph.store, EmbeddedStore)
        folder = graph.settings.data_dir if is_local else Path(temporary)
        kinds = ClassIndex(graph.schema).thing_kinds
        index = TextIndex(folder / TEXT_INDEX, graph.settings.base_iri, kinds)
        try:
            index.update(graph.store)
            yield index
        finally:
            index.close()
