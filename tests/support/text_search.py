"""A text index over a store, and GraphQL requests that search it, as the web process executes them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kg.graphql.execute import GraphQLRequest, GraphQLResult, GraphQLService
from kg.knowledge_graph import load_shipped_schema
from kg.schema.class_index import ClassIndex
from kg.search.text_index import TextIndex
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore


@contextmanager
def index_of(store: EmbeddedStore, folder: Path) -> Iterator[TextIndex]:
    """The index of all that is in the store now, in a file of this folder."""
    kinds = ClassIndex(load_shipped_schema(DEFAULT_BASE_IRI)).thing_kinds
    index = TextIndex(folder / "text-index.sqlite", DEFAULT_BASE_IRI, kinds)
    try:
        index.renew(store)
        while not index.version:
            time.sleep(0.01)
        yield index
    finally:
        index.close()


def execute_with_index(
    service: GraphQLService, request: GraphQLRequest, store: EmbeddedStore, index: TextIndex
) -> GraphQLResult:
    """The result, with what the index finds for the texts that the request searches."""
    result = service.execute(request, store)
    if not result.searches:
        return result
    candidates = {text: index.search(text) for text in result.searches}
    return service.execute(replace(request, candidates=candidates), store)
