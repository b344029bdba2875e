"""The table of formats: unambiguous names, and every syntax reads what it writes."""

import pyoxigraph as ox
import pytest

from kg.errors import NotRepresentableError
from kg.rdf_formats import (
    BOOLEAN_FORMATS,
    DATASET_SYNTAXES,
    GRAPH_SYNTAXES,
    RDF_BY_SUFFIX,
    RDF_SYNTAXES,
    RDF_XML,
    RESULT_FORMATS,
    RdfSyntax,
    ResultFormat,
    select_triples,
    serialize,
)

GRAPH = ox.NamedNode("http://example.org/g")
QUADS = [
    ox.Quad(ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/p"), value, GRAPH)
    for value in (ox.NamedNode("http://example.org/b"), ox.Literal("text", language="en"), ox.Literal('x\n"y" é'))
]
PREFIXES = {"z": "http://example.org/", "a": "http://example.org/unused/"}


@pytest.mark.parametrize("table", [RDF_SYNTAXES, RESULT_FORMATS])
def test_no_two_formats_share_a_name(table: tuple[RdfSyntax | ResultFormat, ...]) -> None:
    for names in ([row.media_type for row in table], [row.suffix for row in table], [row.iri for row in table]):
        assert len(set(names)) == len(table)
    short = [name for row in table for name in row.names]
    assert len(set(short)) == len(short)
    types = [media_type for row in table for media_type in (row.media_type, *row.aliases)]
    assert len(set(types)) == len(types)


def test_each_row_is_what_the_engine_calls_it() -> None:
    for syntax in RDF_SYNTAXES:
        assert ox.RdfFormat.from_media_type(syntax.media_type) == syntax.engine
        assert ox.RdfFormat.from_extension(syntax.suffix) == syntax.engine
    for format_ in RESULT_FORMATS:
        assert ox.QueryResultsFormat.from_media_type(format_.media_type) == format_.engine


def test_the_parts_of_the_table_make_the_whole() -> None:
    assert set(RDF_SYNTAXES) == {*GRAPH_SYNTAXES, *DATASET_SYNTAXES} == set(RDF_BY_SUFFIX.values())
    assert set(BOOLEAN_FORMATS) < set(RESULT_FORMATS)
    assert all(syntax.has_graphs for syntax in DATASET_SYNTAXES)


@pytest.mark.parametrize("syntax", RDF_SYNTAXES, ids=lambda syntax: syntax.suffix)
def test_every_syntax_reads_what_it_writes(syntax: RdfSyntax) -> None:
    items = QUADS if syntax.has_graphs else select_triples(QUADS)
    data = serialize(items, syntax, PREFIXES)
    assert set(select_triples(ox.parse(data, format=syntax.engine))) == set(select_triples(QUADS))
    assert data == serialize(items, syntax, dict(reversed(PREFIXES.items())))


def test_prefixes_are_sorted_and_used() -> None:
    lines = serialize(select_triples(QUADS), RDF_BY_SUFFIX["ttl"], PREFIXES).decode().splitlines()
    assert lines[0].startswith("@prefix a:")
    assert lines[1].startswith("@prefix z:")
    assert lines[2].startswith("z:a z:p ")


@pytest.mark.parametrize("prefixes", [None, {"ex": "https://example.org/"}])
def test_rdf_xml_keeps_carriage_returns_and_refuses_what_xml_lacks(prefixes: dict[str, str] | None) -> None:
    node = ox.NamedNode("https://example.org/p")
    text = "a\r\nb\rc"
    written = serialize([ox.Triple(node, node, ox.Literal(text))], RDF_XML, prefixes)
    (quad,) = ox.parse(written, format=ox.RdfFormat.RDF_XML)
    assert quad.object == ox.Literal(text)
    for character in ("\x01", "\x0c", "\uffff"):
        with pytest.raises(NotRepresentableError) as raised:
            serialize([ox.Triple(node, node, ox.Literal(character))], RDF_XML, prefixes)
        assert "text/turtle" in raised.value.available
