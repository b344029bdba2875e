"""The text index as routers ask it: whether it can be searched now, and its candidates, found in a thread.

Owns when a search is refused. What candidates mean is looked up in a worker (``kg.search.hits``).
"""

from collections.abc import Collection, Mapping

from starlette.concurrency import run_in_threadpool

from api.services import Services
from kg.errors import IndexNotReadyError
from kg.search.text_index import Candidate, TextIndex
from kg.store.embedded import EmbeddedStore


async def find_candidates(services: Services, texts: Collection[str]) -> Mapping[str, list[Candidate]]:
    """The candidates of each text. Raises IndexNotReadyError."""
    index = _index_of(services)
    return await run_in_threadpool(lambda: {text: index.search(text) for text in texts})


def _index_of(services: Services) -> TextIndex:
    """The index; one that is not of the version of the data is renewed meanwhile. Raises IndexNotReadyError."""
    index, store = services.text_index, services.knowledge_graph.store
    if index is None or not isinstance(store, EmbeddedStore):
        raise IndexNotReadyError("search is offered over the embedded store, and not in plain mode")
    if not index.is_of(store):
        index.renew(store)
        if not index.version:
            raise IndexNotReadyError("the graph is being indexed; try again in a few seconds")
    return index
