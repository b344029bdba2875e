"""Links in the head of results, and what XML cannot carry."""

import json
from io import BytesIO
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kg.errors import NotRepresentableError
from kg.execution import result_output
from kg.execution.result_format import serialize_result
from kg.execution.result_output import XmlOutput
from kg.store.interface import QueryResult

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
RDF_XML = "application/rdf+xml"
LINKS = ["http://example.org/warnings#never-true", "http://example.org/w?a=1&b=2#unknown-term"]
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
QUERIES = ["SELECT ?a ?b { VALUES (?a ?b) { (1 'x') (2 UNDEF) } }", "SELECT * {}", "ASK {}"]


def evaluate(query: str, text: str = "") -> QueryResult:
    store = ox.Store()
    iri = ox.NamedNode("https://example.org/p")
    store.add(ox.Quad(iri, iri, ox.Literal(text)))
    return store.query(query)


def write(result: QueryResult, media_type: str, links: list[str] | None = None) -> bytes:
    output = BytesIO()
    serialize_result(result, media_type, output, links or ())
    return output.getvalue()


@pytest.mark.parametrize("query", QUERIES)
def test_links_in_json_are_in_the_head_and_nothing_else_changes(query: str) -> None:
    linked = json.loads(write(evaluate(query), JSON, LINKS))
    assert linked["head"].pop("link") == LINKS
    assert linked == json.loads(write(evaluate(query), JSON))


@pytest.mark.parametrize("query", QUERIES)
def test_links_in_xml_follow_the_variables_and_nothing_else_changes(query: str) -> None:
    linked = write(evaluate(query), XML, LINKS)
    head = ElementTree.fromstring(linked).find(f"{RESULTS}head")
    assert head is not None
    names = [child.tag.removeprefix(RESULTS) for child in head]
    assert names == sorted(names, reverse=True)  # variables before links, as the schema of the format has them
    assert [child.get("href") for child in head.iter(f"{RESULTS}link")] == LINKS
    start = linked.index(b"<link")
    assert linked[:start] + linked[linked.index(b"</head>") :] == write(evaluate(query), XML)


@pytest.mark.parametrize("text", ["a\r\nb", "\r", "a\rb\r", "\t\n", "a<b>&amp;\r\n\"'"])
def test_a_carriage_return_survives_every_parser_of_xml(text: str) -> None:
    results = ElementTree.fromstring(write(evaluate("SELECT ?o { ?s ?p ?o }", text), XML))
    assert [literal.text for literal in results.iter(f"{RESULTS}literal")] == [text]
    triples = ElementTree.fromstring(write(evaluate("CONSTRUCT WHERE { ?s ?p ?o }", text), RDF_XML))
    assert triples[0][0].text == text
    (quad,) = ox.parse(write(evaluate("CONSTRUCT WHERE { ?s ?p ?o }", text), RDF_XML), format=ox.RdfFormat.RDF_XML)
    assert quad.object == ox.Literal(text)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_lacks_is_an_error_that_names_other_formats(character: str) -> None:
    for query, media_type, other in (
        ("SELECT ?o { ?s ?p ?o }", XML, JSON),
        ("SELECT ?o { ?s ?p ?o }", XML, "text/csv"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", RDF_XML, "text/turtle"),
    ):
        output = BytesIO()
        with pytest.raises(NotRepresentableError) as raised:
            serialize_result(evaluate(query, f"a{character}b"), media_type, output)
        assert other in raised.value.available
        assert media_type not in raised.value.available
        assert output.getvalue() == b""


def test_characters_that_xml_has_are_written() -> None:
    text = "\x7f\x85\u2028\ud7ff\ue000\ufffd\U0010ffff"
    results = ElementTree.fromstring(write(evaluate("SELECT ?o { ?s ?p ?o }", text), XML))
    assert [literal.text for literal in results.iter(f"{RESULTS}literal")] == [text]


def test_so_much_is_looked_at_before_a_byte_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_output, "LOOK_AHEAD_BYTES", 10)
    output = BytesIO()
    xml = XmlOutput(output, [], [JSON])
    xml.write(b"0123456789")
    assert output.getvalue() == b""
    xml.write(b"\r")
    xml.write(b"\r")
    assert output.getvalue() == b"0123456789&#13;&#13;"
    xml.write(b"\xef\xbf")
    with pytest.raises(NotRepresentableError):
        xml.write(b"\xbf")
    assert output.getvalue().endswith(b"\xef\xbf")
