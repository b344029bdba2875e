"""Results of queries, serialised and parsed: an engine's result to bytes in a format, and bytes back to terms."""

from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.execution.interface import QueryForm
from kg.store.interface import QueryResult

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def form_of(result: QueryResult) -> QueryForm:
    """The form of the query that the engine's result is of."""
    if isinstance(result, ox.QueryBoolean):
        return QueryForm.BOOLEAN
    return QueryForm.SOLUTIONS if isinstance(result, ox.QuerySolutions) else QueryForm.GRAPH


def serialize_result(result: QueryResult, media_type: str, output: Any) -> None:
    """Write the result in that format. Raises ValueError for a format that its form does not have."""
    if isinstance(result, ox.QueryTriples):
        if (rdf := ox.RdfFormat.from_media_type(media_type)) is not None:
            result.serialize(output, rdf)
            return
    elif (table := ox.QueryResultsFormat.from_media_type(media_type)) is not None:
        result.serialize(output, table)
        return
    raise ValueError(f"a {form_of(result)} result cannot be written as {media_type}")


def parse_result(form: QueryForm, data: bytes) -> QueryResult:
    """The result as terms, from the default format of its form. Raises StoreError if it cannot be parsed."""
    try:
        if form is QueryForm.GRAPH:
            triples = ox.Store()
            triples.bulk_load(data, format=ox.RdfFormat.N_TRIPLES)
            return triples.query(_ALL)
        return ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"the result of the engine cannot be parsed: {error}") from error
