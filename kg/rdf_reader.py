"""Reads RDF that others wrote: within the limits of ``rdf_limits``, and with one kind of error for all syntaxes."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.errors import GraphSyntaxError
from kg.rdf_formats import RdfSyntax
from kg.rdf_limits import check_rdf


def read_quads(data: bytes, syntax: RdfSyntax, base_iri: str, *, one_graph: bool = False) -> Iterator[ox.Quad]:
    """The quads in the document, in order; with ``one_graph``, named graphs are refused and blank nodes renamed.

    Raises GraphSyntaxError with the place, before the first quad or later.
    """
    check_rdf(data, syntax)
    try:
        yield from ox.parse(
            data, syntax.engine, base_iri=base_iri, without_named_graphs=one_graph, rename_blank_nodes=one_graph
        )
    except SyntaxError as error:
        raise GraphSyntaxError(error.msg, error.lineno, error.offset) from None
    except (ValueError, OSError) as error:
        raise GraphSyntaxError(str(error)) from None
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        raise GraphSyntaxError("a literal, IRI or comment has more than 16,000,000 bytes; shorten it") from None
