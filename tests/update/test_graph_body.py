"""Bodies of graph store writes: malformed and deeply nested forms are syntax errors."""

import pytest

from kg.errors import GraphSyntaxError, UnsupportedMediaTypeError
from kg.update.graph_body import MAX_PARTS, parse_triples

FORM = "multipart/form-data; boundary=b"
TURTLE_PART = b"--b\r\nContent-Type: text/turtle\r\n\r\n<x:s> <x:p> %d .\r\n"


def nest_forms(depth: int) -> bytes:
    opened = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(depth)
    )
    return opened + b"".join(b"--b%d--\r\n" % number for number in range(depth, -1, -1))


def test_parts_of_a_form_are_one_graph() -> None:
    body = b"".join(TURTLE_PART % number for number in range(MAX_PARTS)) + b"--b--\r\n"
    assert len(parse_triples(FORM, body, "x:base")) == MAX_PARTS


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=b0", nest_forms(1_500)),
        (FORM, TURTLE_PART * (MAX_PARTS + 2) % ((0,) * (MAX_PARTS + 2)) + b"--b--\r\n"),
        (FORM, b"--b\r\nContent-Type: text/turtle\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--\r\n"),
        (FORM, b"--b\r\nContent-Type: text/turtle\r\n\r\n<x:s> <x:p> 1 ."),
        (FORM, b"--b\r\nContent-Type: ;;;=\xff\r\nContent-Disposition: form-data; name*=%%\r\n\r\n\r\n--b--\r\n"),
        ("multipart/form-data", b"--b--\r\n"),
        ('multipart/form-data; boundary=""', b"--b--\r\n"),
        ("multipart/form-data; boundary*=%zz'x'%ff", b"--b--\r\n"),
        ("multipart/form-data; boundary=\u20ac\ud800", b"--b--\r\n"),
        ("text/turtle", b"<x:s> <x:p> " + b"<<( <x:s> <x:p> " * 50_000 + b"1" + b" )>>" * 50_000 + b" ."),
        ("text/turtle", b'<x:s> <x:p> "' + b"a" * 17_000_000 + b'" .'),
        ("application/ld+json", b"[" * 50_000),
    ],
)
def test_malformed_or_nested_body_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises((GraphSyntaxError, UnsupportedMediaTypeError)):
        parse_triples(content_type, body, "x:base")
