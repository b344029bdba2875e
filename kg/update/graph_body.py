"""Parses the triples in the body of a graph store write: one RDF document, or a form with several as files.

Refuses media types that name no syntax of a single graph. Does not know what happens to the triples.
"""

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageDefect, MessageError
from email.message import Message
from email.policy import HTTP

import pyoxigraph as ox

from kg.errors import GraphSyntaxError, UnsupportedMediaTypeError
from kg.rdf_formats import GRAPH_SYNTAXES
from kg.rdf_reader import read_quads

MAX_PARTS = 100
_FORM_ERRORS = (MessageDefect, MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError)
"""What the parser of the standard library raises for malformed or deeply nested forms."""
_MULTIPART = "multipart/form-data"
_SYNTAXES = {name: syntax for syntax in GRAPH_SYNTAXES for name in (syntax.media_type, *syntax.aliases)}
ACCEPTED = (*(syntax.media_type for syntax in GRAPH_SYNTAXES), _MULTIPART)


def parse_triples(content_type: str, body: bytes, base_iri: str) -> frozenset[ox.Triple]:
    """The triples, IRIs resolved against ``base_iri``. Raises UnsupportedMediaTypeError or GraphSyntaxError."""
    documents = _split_form(content_type, body) if media_type_of(content_type) == _MULTIPART else [(content_type, body)]
    return frozenset(triple for type_, document in documents for triple in _parse_document(type_, document, base_iri))


def _split_form(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """The type and content of each part."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", errors="replace")
    try:
        boundary = message_from_bytes(head).get_boundary("").encode()
        if not boundary or body.count(b"--" + boundary) > MAX_PARTS + 1:
            raise GraphSyntaxError(f"a form has a boundary and at most {MAX_PARTS} parts")
        form = message_from_bytes(head + body, policy=HTTP.clone(raise_on_defect=True))
        return [(part.get_content_type(), _part_content(part)) for part in form.iter_parts()]
    except _FORM_ERRORS as error:
        raise GraphSyntaxError(f"the form cannot be read: {type(error).__name__}") from None


def _part_content(part: Message) -> bytes:
    content = part.get_payload(decode=True)  # None for a nested form, whose type _parse_document refuses
    return content if isinstance(content, bytes) else b""


def media_type_of(content_type: str) -> str:
    """The media type of a Content-Type header."""
    return content_type.partition(";")[0].strip().lower()


def _parse_document(content_type: str, document: bytes, base_iri: str) -> Iterator[ox.Triple]:
    syntax = _SYNTAXES.get(media_type_of(content_type))
    if syntax is None:
        raise UnsupportedMediaTypeError("a graph", ACCEPTED)
    return (quad.triple for quad in read_quads(document, syntax, base_iri, one_graph=True))
