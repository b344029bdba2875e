"""What is special in RDF/XML: references for carriage returns, what XML cannot represent, where XML is malformed.

Knows no triples: it examines what a serializer has written, or what a parser has refused.
"""

from xml.parsers import expat

from kg.errors import NotRepresentableError

ALTERNATIVES = ("text/turtle", "application/n-triples", "application/ld+json", "application/n-quads")


def escape_carriage_returns(xml: bytes) -> bytes:
    """The XML with references for carriage returns, which every parser would read as line feeds.

    Those in text: the serializers used here write none in markup.
    """
    return xml.replace(b"\r", b"&#13;")


def find_xml_error(xml: bytes) -> tuple[int, int] | None:
    """The line and column, counted from 1, where the document is not well-formed XML with namespaces; None if it is.

    For documents without a document type declaration.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1
    return None


def finish_rdf_xml(written: bytes) -> bytes:
    """The document as it may be sent.

    Raises NotRepresentableError if a predicate is no qualified name or a character is not one of XML.
    """
    faults: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: None if name.partition(" ")[2] else faults.append(name)
    try:
        parser.Parse(written, True)
    except expat.ExpatError as error:
        faults.append(str(error))
    if faults:
        reason = "the result has a predicate or a character that RDF/XML cannot represent"
        raise NotRepresentableError(reason, ALTERNATIVES)
    return escape_carriage_returns(written)
