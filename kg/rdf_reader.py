"""Reads RDF that others wrote: within the limits of ``rdf_limits``, and with one kind of error for all syntaxes."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.errors import GraphSyntaxError
from kg.rdf_formats import N_QUADS, N_TRIPLES, RDF_XML, RdfSyntax
from kg.rdf_limits import check_rdf
from kg.rdf_xml import find_xml_error

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Of UTF-8, which editors put before a text; no part of the document."""
LINE_SYNTAXES = (N_TRIPLES, N_QUADS)
"""Those whose every line can be read by itself."""


def read_quads(data: bytes, syntax: RdfSyntax, base_iri: str, *, one_graph: bool = False) -> Iterator[ox.Quad]:
    """The quads in the document, in order; with ``one_graph``, named graphs are refused and blank nodes renamed.

    Raises GraphSyntaxError with the place, before the first quad or later.
    """
    return _parse(data.removeprefix(BYTE_ORDER_MARK), syntax, base_iri, one_graph=one_graph)


def _parse(data: bytes, syntax: RdfSyntax, base_iri: str, *, one_graph: bool = False) -> Iterator[ox.Quad]:
    check_rdf(data, syntax)
    try:
        yield from ox.parse(
            data, syntax.engine, base_iri=base_iri, without_named_graphs=one_graph, rename_blank_nodes=one_graph
        )
    except SyntaxError as error:
        raise _describe(error, data, syntax) from None
    except (ValueError, OSError, MemoryError) as error:
        raise describe_parse_error(error) from None


def describe_parse_error(error: Exception) -> GraphSyntaxError:
    """What stopped the parser. Raises MemoryError if that was no fault of the document."""
    if isinstance(error, SyntaxError):
        return GraphSyntaxError(error.msg, error.lineno, error.offset)
    if isinstance(error, MemoryError):
        if "buffer" not in str(error):
            raise error
        return GraphSyntaxError("a literal, IRI or comment has more than 16,000,000 bytes; shorten it")
    return GraphSyntaxError(str(error))


def _describe(error: SyntaxError, data: bytes, syntax: RdfSyntax) -> GraphSyntaxError:
    line = data.splitlines()[(error.lineno or 1) - 1 :][:1]
    if BYTE_ORDER_MARK.decode() in error.msg or (line and line[0].startswith(BYTE_ORDER_MARK)):
        reason = "a byte order mark (U+FEFF) inside the document, as where two files were joined; remove it"
        return GraphSyntaxError(reason, error.lineno, error.offset)
    if syntax is RDF_XML and not error.lineno and (place := find_xml_error(data)):
        return GraphSyntaxError(error.msg, *place)
    return GraphSyntaxError(error.msg, error.lineno, error.offset)


def find_line_errors(data: bytes, syntax: RdfSyntax, limit: int) -> list[GraphSyntaxError]:
    """What is wrong in the lines of a document in one of LINE_SYNTAXES, at most ``limit`` of them."""
    errors: list[GraphSyntaxError] = []
    for number, line in enumerate(data.removeprefix(BYTE_ORDER_MARK).splitlines(), start=1):
        try:
            for _ in _parse(line, syntax, ""):
                pass
        except GraphSyntaxError as error:
            errors.append(GraphSyntaxError(error.reason, number, error.column))
            if len(errors) == limit:
                break
    return errors
