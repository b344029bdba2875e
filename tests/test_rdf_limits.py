"""What could end or exhaust a parser is refused before it reads, with place and cure; everything else passes."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GraphSyntaxError
from kg.rdf_formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, RdfSyntax
from kg.rdf_limits import MAX_NESTING, check_rdf
from kg.rdf_reader import read_quads

BASE = "https://example.org/"
DEEP = 50_000
_RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
_ENTITY = '<!DOCTYPE r [<!ENTITY a "{}">{}]>'.format("a" * 50, "".join(f'<!ENTITY a{n} "&a;&a;">' for n in range(9)))

HOSTILE: dict[str, tuple[RdfSyntax, str]] = {
    "triple terms in Turtle": (TURTLE, "<s> <p> " + "<<( <s> <p> " * DEEP + "1 " + ")>> " * DEEP + "."),
    "triple terms in TriG": (TRIG, "<g> { <s> <p> " + "<<(<s> <p> " * DEEP + "1" + ")>>" * DEEP + "}"),
    "triple terms in N-Triples": (
        N_TRIPLES,
        "<x:s> <x:p> " + "<<( <x:s> <x:p> " * DEEP + '""' + " )>>" * DEEP + " .\n",
    ),
    "triple terms in N-Quads": (N_QUADS, "<x:s> <x:p> " + "<<( <x:s> <x:p> " * DEEP + '""' + " )>>" * DEEP + " .\n"),
    "reified triples": (TURTLE, "<< " * DEEP + "<s> <p> <o> " + ">> <p> <o> " * DEEP + "."),
    "relative bases": (TURTLE, "@base <a/> .\n" * DEEP),
    "relative bases of SPARQL": (TURTLE, "bAsE <a/>\n" * DEEP),
    "a long base": (TURTLE, f"@base <{BASE}{'a/' * DEEP}> . <s> <p> " + "<../x>, " * 2_000 + "<x> ."),
    "a long IRI": (N_QUADS, f"<{BASE}{'a' * DEEP}> <x:p> <x:o> .\n"),
    "lists of JSON": (JSON_LD, "[" * DEEP + "]" * DEEP),
    "objects of JSON": (JSON_LD, '{"http://p":' * DEEP + "1" + "}" * DEEP),
    "nested graphs": (JSON_LD, '{"@graph":' * 5_000 + "{}" + "}" * 5_000),
    "unclosed JSON": (JSON_LD, '{"a":"]}}}}}}","b":' * DEEP),
    "a chain of terms": (
        JSON_LD,
        '{{"@context":{{{},"t0":"http://e/"}},"t9":1}}'.format(
            ",".join(f'"t{n}":{{"@id":"t{n - 1}"}}' for n in range(DEEP, 0, -1))
        ),
    ),
    "a chain of prefixes": (
        JSON_LD,
        '{{"\\u0040context":[{{{}}}]}}'.format(",".join(f'"t{n}":"t{n + 1}:a"' for n in range(DEEP))),
    ),
    "elements": (RDF_XML, _RDF + "<e:A><e:p>" * DEEP + "</e:p></e:A>" * DEEP + "</rdf:RDF>"),
    "elements of a literal": (
        RDF_XML,
        f'{_RDF}<e:A><e:p rdf:parseType="Literal">{"<a>" * DEEP}{"</a>" * DEEP}</e:p></e:A></rdf:RDF>',
    ),
    "attributes": (RDF_XML, _RDF + "<e:A" + "".join(f' e:a{n}="1"' for n in range(DEEP)) + "/></rdf:RDF>"),
    "namespaces": (RDF_XML, _RDF + "<e:A" + "".join(f' xmlns:a{n}="x:{n}"' for n in range(DEEP)) + "/></rdf:RDF>"),
    "entities": (RDF_XML, f"{_ENTITY}{_RDF}</rdf:RDF>"),
    "a lower-case declaration": (RDF_XML, f"<!-- a --><!doctype r>{_RDF}</rdf:RDF>"),
}
_PARSE = """
import sys
from kg.errors import GraphSyntaxError
from kg.rdf_formats import RDF_SYNTAXES
from kg.rdf_reader import read_quads
syntax = next(syntax for syntax in RDF_SYNTAXES if syntax.label == sys.argv[1])
try:
    print(sum(1 for _ in read_quads(sys.stdin.buffer.read(), syntax, "https://example.org/")))
except GraphSyntaxError as error:
    print(error)
"""


@pytest.mark.parametrize(("syntax", "text"), HOSTILE.values(), ids=HOSTILE.keys())
def test_document_that_ends_a_parser_is_refused_with_its_cure(syntax: RdfSyntax, text: str) -> None:
    with pytest.raises(GraphSyntaxError, match="; ") as error:
        check_rdf(text.encode(), syntax)
    assert len(str(error.value)) < 400


def test_refusal_names_line_and_column() -> None:
    text = '<s> <p> "<<<<" , """\n<<(""" . # <<\n<s> <é> ' + "<<( <s> <p> " * 101
    with pytest.raises(GraphSyntaxError) as error:
        check_rdf(text.encode(), TURTLE)
    assert (error.value.line, error.value.column) == (3, 9 + 100 * 12)


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        (TURTLE, '<s> <p> "' + "<<" * 500 + '" . # ' + "<<" * 500),
        (TURTLE, "<< <s> <p> <o> >> <q> 1 .\n" * 5_000),
        (TURTLE, f'<s> <p> "<{"a" * 10_000}>" .'),
        (TURTLE, '<s> <p> "' + "base <a> " * 5_000 + '" .'),
        (TURTLE, "<s> <p> " + "[ <p> " * 200 + "1" + " ]" * 200 + " ."),
        (TURTLE, "@prefix database: <x:> . " + "<s> <p> database:a . <s> database:base <a> .\n" * 2_000),
        (JSON_LD, '{"http://p":"' + "[{" * 500 + '\\""}'),
        (JSON_LD, "[" + ",".join(['{"http://p":{"@list":[[1]]}}'] * 2_000) + "]"),
        (JSON_LD, '{{"@context":{{{}}}}}'.format(",".join(f'"t{n}":"e:{n}"' for n in range(500))) ),
        (JSON_LD, '{"@context":{"e":"http://e/","a":"e:a","b":{"@id":"e:b","@type":"@id"},"@vocab":"http://e/"},"a":1}'),
        (RDF_XML, f"<?xml version='1.0'?><!-- <!DOCTYPE r> -->{_RDF}{'<e:A/>' * 500}</rdf:RDF>"),
        (RDF_XML, f"{_RDF}<e:A><e:p><![CDATA[{'<a>' * 500}]]></e:p></e:A></rdf:RDF>"),
        (RDF_XML, f"{_RDF}<e:A e:q='{'=' * 500}'><e:p>a > b</e:p></e:A></rdf:RDF>"),
        (RDF_XML, _RDF + "<e:A e:p='>/' />" * 300 + "</rdf:RDF>"),
    ],
)  # fmt: skip
def test_ordinary_document_passes(syntax: RdfSyntax, text: str) -> None:
    check_rdf(text.encode(), syntax)
    list(read_quads(text.encode(), syntax, BASE))


@pytest.mark.parametrize(
    "context", ['"https://schema.org/"', '[{}, "../context"]', '{"@import": "http://127.0.0.1:9/"}']
)
def test_context_elsewhere_is_not_fetched(context: str) -> None:
    with pytest.raises(GraphSyntaxError, match="write its content in the document"):
        list(read_quads(b'{"@context": %b, "a": 1}' % context.encode(), JSON_LD, BASE))


@pytest.mark.parametrize("text", ['<s> <p> "{}" .', '<s> <p> """{}""" .', "#{}"])
def test_literal_of_16_mb_is_a_syntax_error(text: str) -> None:
    with pytest.raises(GraphSyntaxError, match="shorten it"):
        list(read_quads(text.format("a" * 17_000_000).encode(), TURTLE, BASE))


@given(st.binary(max_size=60), st.sampled_from([TURTLE, TRIG, N_QUADS, JSON_LD, RDF_XML]))
def test_any_bytes_are_read_or_refused(data: bytes, syntax: RdfSyntax) -> None:
    with suppress(GraphSyntaxError):
        list(read_quads(data, syntax, BASE))


def _nest_json(depth: int) -> str:
    return '{"http://p":' * (depth - 1) + "{}" + "}" * (depth - 1)


def _nest_terms(depth: int) -> str:
    return "<s> <p> " + "<<( <s> <p> " * depth + "1 " + ")>> " * depth + "."


def _nest_elements(depth: int) -> str:
    pairs = (depth - 1) // 2
    return _RDF + "<e:A><e:p>" * pairs + "</e:p></e:A>" * pairs + "</rdf:RDF>"


@pytest.mark.slow
@pytest.mark.parametrize(("syntax", "nest"), [(JSON_LD, _nest_json), (TURTLE, _nest_terms), (RDF_XML, _nest_elements)])
def test_parser_survives_what_is_just_within_the_limit(syntax: RdfSyntax, nest: Callable[[int], str]) -> None:
    command = [sys.executable, "-c", _PARSE, syntax.label]
    result = subprocess.run(command, input=nest(MAX_NESTING).encode(), capture_output=True, timeout=120, check=False)
    assert result.returncode == 0
    assert result.stdout.strip().isdigit(), result.stdout
