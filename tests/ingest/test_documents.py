"""RDF documents: one or more home graphs each, no blank nodes, findings if they cannot be parsed."""

import random
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Finding, InputRejectedError
from kg.ingest.documents import RDF_SUFFIXES, parse_rdf, read_bytes, skolemize

BASE = "https://example.org/"
HOME = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
<graph/a> a ck:Dataset .
"""


def findings_of(data: bytes, suffix: str) -> tuple[Finding, ...]:
    with pytest.raises(InputRejectedError) as rejection:
        parse_rdf(data, f"a{suffix}", suffix, BASE)
    return rejection.value.findings


@st.composite
def quads_with_blank_nodes(draw: st.DrawFn) -> list[ox.Quad]:
    graph = ox.NamedNode(f"{BASE}graph/a")
    nodes = [ox.BlankNode(f"b{number}") for number in range(4)] + [ox.NamedNode(f"{BASE}n")]
    names = [ox.NamedNode(f"{BASE}p"), ox.NamedNode(f"{BASE}q")]
    objects = [*nodes, ox.Literal("x"), ox.Literal("x", language="en")]
    triples = st.tuples(st.sampled_from(nodes), st.sampled_from(names), st.sampled_from(objects))
    return [ox.Quad(s, p, o, graph) for s, p, o in draw(st.lists(triples, min_size=1, max_size=8))]


@given(quads_with_blank_nodes(), st.randoms(use_true_random=False))
def test_order_and_labels_of_blank_nodes_do_not_change_their_iris(quads: list[ox.Quad], chance: random.Random) -> None:
    def relabel(term: object) -> object:
        return ox.BlankNode(f"other-{term.value}") if isinstance(term, ox.BlankNode) else term

    others = [ox.Quad(relabel(q.subject), q.predicate, relabel(q.object), q.graph_name) for q in quads]  # type: ignore[arg-type]
    chance.shuffle(others)
    assert set(skolemize(quads, BASE)) == set(skolemize(others, BASE))


@given(quads_with_blank_nodes())
def test_each_blank_node_gets_an_iri_of_its_own(quads: list[ox.Quad]) -> None:
    skolemized = skolemize(quads, BASE)
    terms = {term for quad in skolemized for term in (quad.subject, quad.object)}
    assert not any(isinstance(term, ox.BlankNode) for term in terms)
    before = {term for quad in quads for term in (quad.subject, quad.object)}
    assert len(terms) == len(before)
    assert len(set(skolemized)) == len(set(quads))


def test_quads_without_blank_nodes_are_unchanged() -> None:
    quads = [ox.Quad(ox.NamedNode(f"{BASE}s"), ox.NamedNode(f"{BASE}p"), ox.Literal("x"), ox.NamedNode(f"{BASE}g"))]
    assert skolemize(quads, BASE) == quads


def test_triples_of_turtle_belong_to_the_home_graph_that_they_describe() -> None:
    document = parse_rdf(f'{HOME}<id/x> <p> "x", [ <q> "y" ] .'.encode(), "a.ttl", ".ttl", BASE)
    assert [graph.value for graph in document.graphs] == [f"{BASE}graph/a"]
    assert len(document.quads) == 4
    assert not any(isinstance(q.object, ox.BlankNode) or isinstance(q.subject, ox.BlankNode) for q in document.quads)


@pytest.mark.parametrize("suffix", sorted(RDF_SUFFIXES))
def test_every_syntax_has_the_same_quads(suffix: str) -> None:
    document = parse_rdf(HOME.encode() + b'<id/x> <p> "x"@en .', "a.ttl", ".ttl", BASE)
    triples = [quad.triple for quad in document.quads]
    data = ox.serialize(triples, format=RDF_SUFFIXES[suffix].engine)
    assert data
    assert parse_rdf(data, f"a{suffix}", suffix, BASE).quads == document.quads


@pytest.mark.parametrize("homes", [0, 2])
def test_turtle_that_describes_no_home_graph_or_several_is_rejected(homes: int) -> None:
    text = "@prefix ck: <https://w3id.org/conflict-kg/ontology#> .\n<id/x> <p> <id/y> .\n"
    text += "".join(f"<graph/{number}> a ck:Dossier .\n" for number in range(homes))
    (finding,) = findings_of(text.encode(), ".ttl")
    assert f"it describes {homes or 'none'}" in finding.message
    assert finding.cure.startswith("Add <graph/NAME> a ck:Dossier")


@pytest.mark.parametrize(
    ("suffix", "text", "line"),
    [
        (".ttl", "<s> <p> <o> .\n<s> <p> .\n", 2),
        (".trig", "<g> { <s> <p> <o> }\n<g> { <s> }\n", 2),
        (".nt", "<http://s> <http://p> <http://o> .\n\n<http://s> <http://p> .\n", 3),
        (".nq", "<http://s> <http://p> <http://o> <http://g> .\nnonsense\n", 2),
        (".rdf", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<no-end>\n', 3),
        (".rdf", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n\n<x:y/></rdf:RDF>', 3),
        (".rdf", "<a>\n<b>\n</a>", 3),
        (".jsonld", '{"@id": \n nonsense}', 2),
    ],
)
def test_syntax_error_has_its_line(suffix: str, text: str, line: int) -> None:
    (finding,) = findings_of(text.encode(), suffix)
    assert finding.message.startswith("does not parse: ")
    assert finding.location
    assert finding.location.document == f"a{suffix}"
    assert finding.location.line == line


@pytest.mark.parametrize("suffix", sorted(RDF_SUFFIXES))
def test_bytes_that_are_not_utf_8_are_rejected_at_their_line(suffix: str) -> None:
    (finding,) = findings_of(b"\n\n\xff", suffix)
    assert finding.message == "byte 0xff is not UTF-8"
    assert finding.location
    assert finding.location.line == 3


def test_triple_term_of_rdf_1_2_is_rejected_with_a_cure() -> None:
    text = f"{HOME}<id/x> <p> <<( <id/y> <p> <id/z> )>> ."
    (finding,) = findings_of(text.encode(), ".ttl")
    assert finding.message == "a triple term of RDF 1.2"
    assert "ck:Statement" in finding.cure


def test_remote_context_is_rejected_and_not_fetched() -> None:
    (finding,) = findings_of(b'{"@context": "https://example.org/context", "@id": "x"}', ".jsonld")
    assert finding.message.startswith("does not parse: ")


@given(st.binary(max_size=100), st.sampled_from(sorted(RDF_SUFFIXES)))
def test_any_bytes_are_parsed_or_rejected(data: bytes, suffix: str) -> None:
    with suppress(InputRejectedError):
        parse_rdf(data, f"a{suffix}", suffix, BASE)


def test_missing_file_is_rejected_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputRejectedError) as rejection:
        read_bytes(tmp_path / "gone.ttl")
    (finding,) = rejection.value.findings
    assert (
        str(finding)
        == f"{tmp_path / 'gone.ttl'}: violation: cannot be read: No such file or directory. Check the name."
    )


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf"])
def test_a_byte_order_mark_is_no_part_of_a_document(suffix: str) -> None:
    graph = f"{BASE}graph/a"
    triple = (
        f"<{graph}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/conflict-kg/ontology#Dataset>"
    )
    quads = list(ox.parse(f"{triple} .", format=ox.RdfFormat.N_TRIPLES))
    content = ox.serialize(quads, format=RDF_SUFFIXES[suffix].engine) or b""
    marked = parse_rdf(b"\xef\xbb\xbf" + content, f"a{suffix}", suffix, BASE)
    assert marked.quads == parse_rdf(content, f"a{suffix}", suffix, BASE).quads
    findings = findings_of(b"\xef\xbb\xbf" + content + b"\n<", suffix)
    assert len(findings) == 1


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".nq", ".trig"])
def test_a_byte_order_mark_inside_a_document_is_named(suffix: str) -> None:
    for content in (b"\xef\xbb\xbf\xef\xbb\xbf", b"<urn:s> <urn:p> <urn:o> .\n\xef\xbb\xbf"):
        (finding,) = findings_of(content + b"<urn:s> <urn:p> <urn:o> .\n", suffix)
        assert "a byte order mark (U+FEFF) inside the document" in finding.message


def test_a_graph_in_n_triples_is_named_as_such() -> None:
    (finding,) = findings_of(b"<urn:s> <urn:p> <urn:o> <urn:g> .\n", ".nt")
    assert "if the fourth is a graph, name the file .nq" in finding.cure


BAD_LINES = {
    "<urn:s> <urn:p> <urn:o>": "End the line with a space and a point.",
    '<urn:s> <urn:p> "open .': "Close what is open",
    "<urn:s> p <urn:o> .": "there are no prefixes",
    "ex:s <urn:p> <urn:o> .": "there are no prefixes",
    '"s" <urn:p> <urn:o> .': "only objects may be literals",
    "<urn:s> <urn:p> 5 .": "only objects may be literals",
    "<urn:s> <urn:p> <urn:a b> .": "%20 for a space",
    "<urn:s> <urn:p> <o> .": "an absolute IRI",
    '<urn:s> <urn:p> "\\q" .': "the other escapes are",
    '<urn:s> <urn:p> "x"@e_n .': "a language tag such as en",
    "<urn:s> <urn:p> <urn:o> . <urn:s> <urn:p> <urn:q> .": "a new line for each statement",
}


@pytest.mark.parametrize("suffix", [".nt", ".nq"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_each_bad_line_is_a_finding_with_its_line_and_cure(suffix: str, newline: str) -> None:
    good = ["# a comment", "", '<urn:s> <urn:p> "\\r\\n"@ar-SY .', "_:b <urn:p> _:b . # another"]
    lines = [line for bad in BAD_LINES for line in (*good, bad)]
    findings = findings_of(newline.join(lines).encode(), suffix)
    assert [finding.location and finding.location.line for finding in findings] == [
        number for number, line in enumerate(lines, start=1) if line in BAD_LINES
    ]
    for finding, cure in zip(findings, BAD_LINES.values(), strict=True):
        assert cure in finding.cure
        assert "arser error" not in finding.message


def test_only_so_many_bad_lines_are_reported() -> None:
    assert len(findings_of(b"x\n" * 1000, ".nq")) == 50


def test_a_syntax_without_lines_reports_its_first_error() -> None:
    assert len(findings_of(b"x .\ny .\n", ".ttl")) == 1


def test_a_graph_has_a_name() -> None:
    home = f"<{BASE}graph/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/conflict-kg/ontology#Dataset>"
    for suffix, content in (
        (".nq", f"{home} _:graph .\n"),
        (".nq", f"{home} <{BASE}graph/a> .\n{home} _:graph .\n"),
        (".trig", f"_:graph {{ {home} . }}"),
        (".trig", f"[] {{ {home} . }}"),
        (".jsonld", '{"@id": "_:g", "@graph": {"@id": "urn:s", "urn:p": 1}}'),
    ):
        (finding,) = findings_of(content.encode(), suffix)
        assert finding.rule == "graph-name"
        assert "Name it by the IRI of a home graph" in finding.cure
