"""Results of queries, serialised and parsed: an engine's result to bytes in a format, and bytes back to terms.

Owns what a format cannot represent. RDF/XML and JSON-LD are written whole, so that a failure comes before any byte;
``result_output`` knows what is special in solutions in JSON and XML.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.errors import QueryLimitError, QueryRefusedError, StoreError
from kg.execution.interface import QueryForm
from kg.execution.result_output import JsonOutput, XmlOutput
from kg.rdf_xml import finish_rdf_xml
from kg.store.interface import QueryResult

BUFFERED = (ox.RdfFormat.RDF_XML.media_type, ox.RdfFormat.JSON_LD.media_type)
BUFFERED_MAX_BYTES = 16_000_000
_JSON, _XML = ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML
_TABLES = [
    table.media_type.partition(";")[0] for table in (_JSON, ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV)
]

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_UNKNOWN_FUNCTION = re.compile(r"custom function (<[^>]*>) is not supported")


def create_engine_error(message: str) -> QueryLimitError | QueryRefusedError:
    """The error for what the engine says when it stops to evaluate a query."""
    if unknown := _UNKNOWN_FUNCTION.search(message):
        # SPARQL 1.1 lets it be an error in each solution: a misspelt name would look like an empty result.
        return QueryRefusedError(f"the function {unknown[1]} is not known here; use one of SPARQL 1.1, or omit it")
    return QueryLimitError(f"the engine stopped: {message}")


def form_of(result: QueryResult) -> QueryForm:
    """The form of the query that the engine's result is of."""
    if isinstance(result, ox.QueryBoolean):
        return QueryForm.BOOLEAN
    return QueryForm.SOLUTIONS if isinstance(result, ox.QuerySolutions) else QueryForm.GRAPH


def serialize_result(result: QueryResult, media_type: str, output: Any, links: Sequence[str] = ()) -> None:
    """Write the result in that format, with the links in its head where the format has one.

    Raises ValueError for a format that its form does not have, NotRepresentableError, or QueryLimitError.
    """
    if isinstance(result, ox.QueryTriples):
        if (rdf := ox.RdfFormat.from_media_type(media_type)) is not None:
            if media_type in BUFFERED:
                output.write(_serialize_whole(result, media_type, rdf))
            else:
                result.serialize(output, rdf)
            return
    elif (table := ox.QueryResultsFormat.from_media_type(media_type)) is not None:
        _serialize_table(result, table, output, links)
        return
    raise ValueError(f"a {form_of(result)} result cannot be written as {media_type}")


def _serialize_table(
    result: ox.QuerySolutions | ox.QueryBoolean, table: ox.QueryResultsFormat, output: Any, links: Sequence[str]
) -> None:
    if table == _XML:
        alternatives = _TABLES if isinstance(result, ox.QuerySolutions) else [_JSON.media_type]
        xml = XmlOutput(output, links, alternatives)
        result.serialize(cast(IO[bytes], xml), table)
        xml.end()
    else:
        linked: Any = JsonOutput(output, links) if links and table == _JSON else output
        result.serialize(linked, table)


class _BoundedBuffer(BytesIO):
    """Raises QueryLimitError beyond BUFFERED_MAX_BYTES."""

    def __init__(self, media_type: str) -> None:
        super().__init__()
        self._media_type = media_type

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > BUFFERED_MAX_BYTES:
            megabytes = BUFFERED_MAX_BYTES // 1_000_000
            raise QueryLimitError(f"a result in {self._media_type} has at most {megabytes} MB; use Turtle or N-Triples")
        return super().write(data)


def _serialize_whole(result: ox.QueryTriples, media_type: str, syntax: ox.RdfFormat) -> bytes:
    buffer = _BoundedBuffer(media_type)
    result.serialize(buffer, syntax)
    if syntax == ox.RdfFormat.RDF_XML:
        return finish_rdf_xml(buffer.getvalue())
    return buffer.getvalue()


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
