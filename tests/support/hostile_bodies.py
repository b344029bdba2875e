"""Bodies of writes that are wrong, each in its own way, with the status that they are refused with.

Owns the bodies; how they are sent is for the tests.
"""

from typing import NamedTuple

BASE = "https://w3id.org/conflict-kg/"
GRAPH = f"{BASE}graph/hostile"
UPDATE = "application/sparql-update"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
LIST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
CYCLE = " ".join(f"_:b{n} {LIST} _:b{(n + 1) % 500} ." for n in range(500))
ENTITIES = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


class Row(NamedTuple):
    """A body of one kind, and the status of the answer."""

    status: int
    media_type: str
    body: bytes
    says: str = ""
    """Part of the detail or of a finding."""


DOCUMENTS = {
    "malformed Turtle": Row(400, "text/turtle", b"<a> <b> ", "line"),
    "malformed N-Triples": Row(400, "application/n-triples", b"<urn:a> <urn:b> <urn:c>"),
    "malformed N-Quads": Row(400, "application/n-quads", b"<urn:a> <urn:b> 'c"),
    "malformed TriG": Row(400, "application/trig", b"{ <a> <b> <c> "),
    "malformed RDF/XML": Row(400, "application/rdf+xml", b"<rdf:RDF"),
    "malformed JSON-LD": Row(400, "application/ld+json", b'{"@id": '),
    "malformed YAML": Row(422, "application/yaml", b"id: [a\n", "line"),
    "YAML aliases that multiply": Row(
        422, "application/yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
    ),
    "not UTF-8": Row(400, "text/turtle", '<a> <b> "é" .'.encode("latin-1")),
    "YAML that is not UTF-8": Row(422, "application/yaml", "id: é".encode("latin-1"), "UTF-8"),
    "another charset": Row(415, "text/turtle; charset=iso-8859-1", b"<a> <b> <c> ."),
    "no type": Row(415, "", b"<a> <b> <c> ."),
    "unknown type": Row(415, "application/octet-stream", b"<a> <b> <c> ."),
    "compressed": Row(415, "application/gzip", b"\x1f\x8b\x08\x00"),
    "relative IRI in N-Triples": Row(400, "application/n-triples", b"<a> <b> <c> ."),
    "relative IRI to a base that is none": Row(400, "text/turtle", b"@base <a b> . <a> <b> <c> ."),
    "context elsewhere": Row(
        400, "application/ld+json", b'{"@context": "http://127.0.0.1:9/", "a": 1}', "fetches nothing"
    ),
    "imported context": Row(
        400, "application/ld+json", b'{"@context": {"@import": "http://127.0.0.1:9/"}}', "fetches nothing"
    ),
    "entities": Row(400, "application/rdf+xml", f"<?xml version='1.0'?>{ENTITIES}<rdf:RDF {RDF}/>".encode(), "entity"),
    "deep JSON": Row(400, "application/ld+json", b'{"a":' * 100_000, "nested"),
    "deep XML": Row(400, "application/rdf+xml", b"<a>" * 100_000),
    "deep YAML": Row(422, "application/yaml", b"a: " + b"[" * 100_000),
    "cyclic list": Row(422, "text/turtle", CYCLE.encode()),
    "list without end": Row(422, "text/turtle", f"<a> {LIST} <a> .".encode()),
    "equal blank nodes": Row(422, "text/turtle", b"[] <urn:p> 1 ." * 20_000),
    "another graph": Row(422, "application/n-quads", b"<urn:a> <urn:b> <urn:c> <urn:g> .", "another graph"),
    "blank node as graph": Row(422, "application/n-quads", b"<urn:a> <urn:b> <urn:c> _:g .", "another graph"),
    "triple term": Row(422, "text/turtle", b"<a> <b> <<( <a> <b> <c> )>> .", "RDF 1.2"),
    "no triple": Row(422, "text/turtle", b""),
    "literal of 8 MB": Row(422, "text/turtle", b'<a> <b> "' + b"x" * 8_000_000 + b'" .'),
    "IRI of 1 MB": Row(400, "text/turtle", b"<a> <b> <" + b"x" * 1_000_000 + b"> .", "8,000"),
    "numbers out of range": Row(
        422,
        "text/turtle",
        b'<a> <b> 1e999999999 , 9999999999999999999999 , "99-99-99"^^<http://www.w3.org/2001/XMLSchema#date> .',
    ),
    "control characters": Row(422, "text/turtle", b'<a> <b> "\\u0001\\uFFFF" .'),
}
UPDATES = {
    "malformed": Row(400, UPDATE, b"INSERT DATA { GRAPH <urn:g> { <urn:a> "),
    "not UTF-8": Row(400, UPDATE, b"INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> '\xff' } }"),
    "another charset": Row(415, f"{UPDATE}; charset=utf-16", b"CLEAR GRAPH <urn:g>"),
    "an empty charset": Row(415, f"{UPDATE}; charset=", b"CLEAR GRAPH <urn:g>"),
    "no type": Row(415, "", b"CLEAR GRAPH <urn:g>"),
    "deep": Row(400, UPDATE, b"INSERT { GRAPH <urn:g> { ?s ?p ?o } } WHERE " + b"{" * 5_000 + b"}" * 5_000),
    "many quads": Row(
        413,
        UPDATE,
        b"INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> %s } }" % b",".join(b"%d" % n for n in range(120_000)),
    ),
    "everything with everything": Row(
        413,
        UPDATE,
        f"INSERT {{ GRAPH <{GRAPH}> {{ ?a ?b ?i }} }} WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}".encode(),
    ),
    "doubling": Row(
        422,
        UPDATE,
        (
            f"INSERT {{ GRAPH <{GRAPH}> {{ <urn:a> <urn:b> ?t40 }} }} WHERE {{ BIND('abcdefgh' AS ?t0) "
            + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(40))
            + "}"
        ).encode(),
    ),
    "triple term": Row(
        422, UPDATE, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> }} }}".encode()
    ),
}


def a_million_blank_nodes() -> bytes:
    """Turtle whose blank nodes are a chain."""
    return b"".join(b"_:b%d <urn:p> _:b%d .\n" % (n, n + 1) for n in range(1_000_000))
