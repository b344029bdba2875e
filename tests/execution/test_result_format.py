"""What a format cannot represent, and results that are written whole."""

from io import BytesIO

import pyoxigraph as ox
import pytest

from kg.errors import NotRepresentableError, QueryLimitError
from kg.execution import result_format
from kg.execution.result_format import BUFFERED, serialize_result

TURTLE = ox.RdfFormat.TURTLE.media_type
RDF_XML = ox.RdfFormat.RDF_XML.media_type


def construct(predicate: str = "https://example.org/p", text: str = "o") -> ox.QueryTriples:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("https://example.org/s"), ox.NamedNode(predicate), ox.Literal(text)))
    result = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(result, ox.QueryTriples)
    return result


@pytest.mark.parametrize("media_type", BUFFERED)
def test_a_result_that_is_written_whole_has_a_maximum_size(media_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_format, "BUFFERED_MAX_BYTES", 1000)
    output = BytesIO()
    with pytest.raises(QueryLimitError, match="use Turtle or N-Triples"):
        serialize_result(construct(text="x" * 1000), media_type, output)
    assert not output.getvalue()
    serialize_result(construct(text="x" * 1000), TURTLE, output)
    assert len(output.getvalue()) > 1000


@pytest.mark.parametrize(
    "result", [construct(predicate="https://example.org/1"), construct(text="a\x01b")], ids=["predicate", "character"]
)
def test_what_rdf_xml_cannot_represent_is_an_error_before_any_byte(result: ox.QueryTriples) -> None:
    output = BytesIO()
    with pytest.raises(NotRepresentableError) as raised:
        serialize_result(result, RDF_XML, output)
    assert TURTLE in raised.value.available
    assert RDF_XML not in raised.value.available
    assert not output.getvalue()
