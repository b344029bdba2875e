"""Serialised results back into terms, for code that asks an executor as it would ask a store."""

import pyoxigraph as ox

from kg.errors import StoreError
from kg.execution.interface import QueryForm
from kg.store.interface import QueryResult

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def parse_result(kind: QueryForm, data: bytes) -> QueryResult:
    """The result as terms; ``data`` is in the default format of its kind."""
    try:
        if kind is QueryForm.GRAPH:
            triples = ox.Store()
            triples.bulk_load(data, format=ox.RdfFormat.N_TRIPLES)
            return triples.query(_ALL)
        return ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the engine gave a result that cannot be read: {error}") from error
