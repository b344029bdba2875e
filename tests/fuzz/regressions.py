"""Requests that once broke a server, by name, and others of their kinds. Each new finding of the fuzz is added here."""

import base64
import json
from collections.abc import Mapping

from tests.fuzz.mutation import nested_text
from tests.fuzz.request import AUTHORIZED, Request, dry_run, graph, graphql, load, patch, query, update

_LINKED = " ".join(f"_:b{n} <x:p> _:b{m} ." for n in range(9) for m in range(9) if n != m)
_EQUAL_ITEMS = f"<x:s> <x:p> ({' _:x' * 1_000} ) ."
_EQUAL_NODES = f"<x:s> <x:p> {', '.join(['[ <x:p> 1 ]'] * 1_000)} ."
_CYCLE = " ".join(f"_:b{n} <x:p> _:b{(n + 1) % 500} ." for n in range(500))
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 8}">' for n in range(1, 9))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
)
_USED_ENTITIES = _ENTITIES.replace(
    "/>", '><rdf:Description rdf:about="x:s"><p xmlns="x:">&a8;</p></rdf:Description></rdf:RDF>'
)
_DEEP_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:"><e:r>'
    + nested_text("<e:p><e:r>", "</e:r></e:p>", 20_000)
    + "</e:r></rdf:RDF>"
)
_ODD_IRIS = "SELECT * { VALUES ?x { <x:y> <http://[> <//a> <urn:a#%zz> <http://a:b/> <http://[::1> <x:\u202e> <http://a/%ff> } }"
_JSON = {"Content-Type": "application/json"}


def _triple_terms(depth: int) -> str:
    return f"<x:s> <x:p> {nested_text('<<( <x:a> <x:b> ', ' )>>', depth, '<x:c>')} ."


def _multipart(depth: int) -> bytes:
    """Forms inside forms."""
    body = b""
    for level in range(depth):
        body += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1)
    return body


def _post_documents(*documents: object) -> Request:
    body = json.dumps({"documents": documents}).encode()
    return Request("POST", "/load", {**_JSON, **AUTHORIZED}, body)


GOVERNED: Mapping[str, Request] = {
    "host that cannot be decoded": Request("GET", "/ontology", {"Host": "%zz", "Accept": "text/html"}),
    "host that cannot be decoded, query": query("SELECT * { <a> ?p ?o }").with_header("Host", "%zz"),
    "host that cannot be decoded, page": Request("GET", "/page/zone/idlib", {"Host": "%zz", "Accept": "text/html"}),
    "host with an open bracket": Request("GET", "/graph/actors", {"Host": "[::1"}),
    "host with an open bracket, questions": Request("GET", "/questions", {"Host": "[", "Accept": "text/html"}),
    "host with a port that is no number": Request("GET", "/sparql", {"Host": "a:b", "Accept": "text/turtle"}),
    "host of the service description": Request("GET", "/sparql", {"Host": "%zz", "Accept": "text/turtle"}),
    "odd IRIs in HTML results": query(_ODD_IRIS).with_header("Accept", "text/html"),
    "an IRI with an open bracket in HTML results": query("SELECT (IRI('http://[') AS ?x) {}").with_header("Accept", "text/html"),
    "an IRI with a bad port in HTML results": query("SELECT (IRI('http://a:b') AS ?x) {}").with_header("Accept", "text/html"),
    "triple terms in HTML results": query("SELECT (TRIPLE(<x:a>, <x:b>, 'c') AS ?x) {}").with_header("Accept", "text/html"),
    "triple terms in a graph as HTML": query("CONSTRUCT { <x:a> <x:b> <<( <x:a> <x:b> 1 )>> } {}").with_header("Accept", "text/html"),
    "base direction in HTML results": query("SELECT ('a'@en--ltr AS ?x) {}").with_header("Accept", "text/html"),
    "a large number in HTML results": query(f"SELECT ({'9' * 5_000} AS ?x) {{}}").with_header("Accept", "text/html"),
    "NUL in HTML results": query("SELECT ('\\u0000' AS ?x) {}").with_header("Accept", "text/html"),
    "lone surrogate in a variable": graphql("query ($i: ID!) { node(id: $i) { id } }", {"i": "zone:\ud800"}),
    "lone surrogate in a filter": graphql(
        "query ($w: ZoneWhere) { zones(where: $w) { totalCount } }", {"w": {"prefLabel": {"contains": "\ud800"}}}
    ),
    "lone surrogate in a document": graphql('{ node(id: "zone:\ud800") { id } }'),
    "escaped surrogate in a document": graphql('{ node(id: "zone:\\uD800") { id } }'),
    "lone surrogate as operation name": graphql("{ __typename }", operationName="\ud800"),
    "lone surrogate in the name of a variable": graphql("{ __typename }", {"\ud800": 1}),
    "lone surrogate as documentId": Request("POST", "/graphql", _JSON, json.dumps({"documentId": "\ud800"}).encode()),
    "persisted hash that is no hash": graphql("{ __typename }", extensions={"persistedQuery": {"sha256Hash": "\ud800"}}),
    "a number beyond all in a variable": graphql("query ($f: Int) { zones(first: $f) { totalCount } }", {"f": 10**400}),
    "JSON with a number of 100,000 digits": Request("POST", "/graphql", _JSON, b'{"query": ' + b"9" * 100_000 + b"}"),
    "JSON with a long exponent": Request("POST", "/graphql", _JSON, b'{"query": "{ __typename }", "variables": {"a": 1e999}}'),
    "deep JSON for GraphQL": Request("POST", "/graphql", _JSON, nested_text('{"a":', "}", 100_000, "1").encode()),
    "deep lists for GraphQL": Request("POST", "/graphql", _JSON, b"[" * 200_000),
    "nothing selected of a required field": graphql("{ statements { nodes { slug quote { nodes { words { } } } speaker { } } } }"),
    "deep GraphQL": graphql(nested_text("{ zones ", "}", 10_000)),
    "deep GraphQL value": graphql("{ zones(first: " + nested_text("[", "]", 50_000) + ") { totalCount } }"),
    "deep GraphQL type": graphql("query ($a: " + nested_text("[", "]", 50_000, "Int") + ") { __typename }"),
    "deep query": query("SELECT * " + nested_text("{", "}", 60_000)),
    "deep path": query("SELECT * { ?s " + nested_text("(", ")", 30_000, "<x:p>") + " ?o }"),
    "deep JSON for load": Request("POST", "/load", {**_JSON, **AUTHORIZED}, nested_text('{"a":', "}", 100_000, "1").encode()),
    "deep lists for load": Request("POST", "/load", {**_JSON, **AUTHORIZED}, b"[" * 200_000),
    "lone surrogate as document name": _post_documents({"name": "\ud800.ttl", "content": ""}),
    "base64 of a wrong length": _post_documents({"name": "a.ttl", "content": "abcde"}),
    "base64 that is not ASCII": _post_documents({"name": "a.ttl", "content": "é"}),
    "base64 with a lone surrogate": _post_documents({"name": "a.ttl", "content": "\ud800"}),
    "base64 of numbers": _post_documents({"name": 1, "content": 1}),
    "base64 with padding inside": _post_documents({"name": "a.ttl", "content": "YQ==YQ=="}),
    "a NUL in a document name": load(("a\0b.ttl", b"<x:s> <x:p> 1 .")),
    "a document without a suffix": load(("a", b"")),
    "load that is no JSON": Request("POST", "/load", {**_JSON, **AUTHORIZED}, b"\xff\xfe{"),
    "load in UTF-16": Request("POST", "/load", {**_JSON, **AUTHORIZED}, '{"documents": []}'.encode("utf-16")),
    "mutually linked blank nodes": load(("a.ttl", _LINKED.encode())),
    "a list of 1,000 equal items": load(("a.ttl", _EQUAL_ITEMS.encode())),
    "1,000 equal blank nodes": load(("a.ttl", _EQUAL_NODES.encode())),
    "a ring of blank nodes": load(("a.ttl", _CYCLE.encode())),
    "deep JSON-LD": load(("a.jsonld", nested_text('{"urn:p":', "}", 5_000, "1").encode())),
    "deep JSON-LD lists": load(("a.jsonld", nested_text('{"urn:p":[', "]}", 5_000, "1").encode())),
    "deep JSON-LD context": load(("a.jsonld", nested_text('{"@context":', "}", 5_000, "{}").encode())),
    "a remote JSON-LD context": load(("a.jsonld", b'{"@context": "http://127.0.0.1:9/", "urn:p": 1}')),
    "nested triple terms": load(("a.nt", _triple_terms(50_000).encode())),
    "nested triple terms in Turtle": load(("a.ttl", _triple_terms(50_000).encode())),
    "nested reified triples": load(("a.ttl", nested_text("<< ", " <x:p> <x:o> >>", 50_000, "<x:s>").encode() + b" .")),
    "nested blank nodes": load(("a.ttl", ("<x:s> <x:p> " + nested_text("[ <x:p> ", "]", 50_000, "1") + " .").encode())),
    "nested lists": load(("a.trig", ("<x:s> <x:p> " + nested_text("(", ")", 50_000) + " .").encode())),
    "RDF/XML entities, unused": load(("a.rdf", _ENTITIES.encode())),
    "RDF/XML entities, used": load(("a.rdf", _USED_ENTITIES.encode())),
    "deep RDF/XML": load(("a.rdf", _DEEP_XML.encode())),
    "RDF/XML with an external entity": load(
        ("a.rdf", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>')
    ),
    "deep YAML": load(("a.yaml", b"[" * 50_000)),
    "deep YAML mappings": load(("a.yaml", nested_text("{a: ", "}", 5_000, "1").encode())),
    "YAML aliases that double": load(
        ("a.yaml", b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)))
    ),
    "YAML that contains itself": load(("a.yaml", b"id: &a [*a]\n")),
    "YAML tags of Python": load(("a.yaml", b'id: !!python/object/apply:os.system ["true"]\n')),
    "YAML merge keys": load(("a.yaml", b"a: &a {b: 1}\n<<: [*a, *a]\nid: 1\n")),
    "YAML with odd scalars": load(("a.yaml", b"id: 2017-99-99\n? [a]\n: 1\n1: 2\n~: 3\n.inf: 0x_\n")),
    "YAML with several documents": load(("a.yaml", b"id: a\n---\nid: b\n")),
    "YAML with a number of 10,000 digits": load(("a.yaml", b"id: " + b"9" * 10_000 + b"\n")),
    "YAML with sexagesimal numbers": load(("a.yaml", b"id: " + b"9:" * 5_000 + b"9\n")),
    "an odd date": load(("a.yaml", b"id: ../graph/x\ntype: Dossier\ntitle: x\nversion: '1'\nissued: [2017-" + b"9" * 5_000 + b"]\n")),
    "a literal of 16 MB": load(("a.nt", b'<x:s> <x:p> "' + b"a" * 16_000_000 + b'" .')),
    "a path with a NUL": Request("GET", "/id/zone/%00"),
    "a path that is not UTF-8": Request("GET", "/id/zone/%ff", {"Accept": "text/html"}),
    "a path with a lone surrogate": Request("GET", "/page/zone/%ed%a0%80"),
    "a static path with a NUL": Request("GET", "/static/%00"),
    "a long static path": Request("GET", "/static/" + "a" * 5_000),
    "a static folder": Request("GET", "/static/.."),
    "a path with an encoded slash": Request("GET", "/data/zone%2fidlib.ttl"),
    "a path of an odd graph": Request("GET", "/graph/%3E%20%7B"),
    "a question with a NUL": Request("GET", "/questions/who-controls-what?place=%00", {"Accept": "text/html"}),
    "a question with a long value": Request("GET", "/questions/who-controls-what?place=" + "a" * 20_000),
    "accept with many ranges": Request("GET", "/data/zone/idlib.ttl", {"Accept": "text/turtle;q=0.1," * 2_000}),
    "a quadratic header": query("ASK {}").with_header("Accept", " " * 4_000 + "x"),
    "a quadratic query": query("SELECT * { FILTER(?x < " + "<" * 4_000 + ") }"),
    "a quadratic ETag": Request("GET", "/context", {"If-None-Match": "W/" * 20_000}),
    "chunks that end in no chunk": Request(
        raw=b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nASK {\r\nx\r\n",
        needs_response=False,
    ),
    "a body after the response": Request(
        raw=b"POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", needs_response=False
    ),
    "two hosts": Request(raw=b"GET /ontology HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", needs_response=False),
    "no host": Request(raw=b"GET /ontology HTTP/1.1\r\nAccept: text/html\r\n\r\n", needs_response=False),
    "an absolute target": Request(raw=b"GET http://[/ontology HTTP/1.1\r\nHost: a\r\n\r\n", needs_response=False),
    "upgrade to a web socket": Request(
        raw=b"GET /sparql HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: " + base64.b64encode(b"a" * 16) + b"\r\n\r\n",
        needs_response=False,
    ),
    "governed: 100,000 operations": dry_run(update(";".join(["INSERT DATA {}"] * 100_000))),
    "governed: nested data": dry_run(update("INSERT DATA { <x:s> <x:p> " + nested_text("[ <x:p> ", "]", 50_000, "1") + " }")),
    "governed: nested triple terms": dry_run(graph("application/n-triples", _triple_terms(50_000).encode())),
    "governed: mutually linked blank nodes": dry_run(graph("text/turtle", _LINKED.encode())),
    "governed: forms inside forms": dry_run(graph("multipart/form-data; boundary=b0", _multipart(1_000))),
    "governed: deep YAML": dry_run(graph("application/yaml", b"[" * 50_000)),
    "governed: blank node as a graph": dry_run(graph("application/n-quads", b"<x:s> <x:p> 1 _:g .")),
    "patch that is not UTF-8": patch(b"INSERT DATA { <x:s> <x:p> '\xff' }"),
    "patch of nothing": patch(b""),
    "patch with an odd precondition": patch(b"INSERT DATA {}", '"", W/"", ,,"'),
    "patch of a graph that cannot be named": patch(b"INSERT DATA {}", path="/graph/%3C%00%3E"),
    "pipelined requests of which one is none": Request(
        raw=(b"GET /ontology HTTP/1.1\r\nHost: a\r\n\r\n" * 20) + b"NO\r\n\r\n", needs_response=False
    ),
}  # fmt: skip

PLAIN: Mapping[str, Request] = {
    "subtraction again and again": update("INSERT { <x:s> <x:p> ?x } WHERE { BIND(1" + "-1" * 50_000 + " AS ?x) }"),
    "subtraction without spaces": update("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o = " + "-1" * 50_000 + ") }"),
    "division again and again": update("INSERT { <x:s> <x:p> ?x } WHERE { BIND(1" + "/1" * 50_000 + " AS ?x) }"),
    "comparison again and again": update("INSERT { <x:s> <x:p> 1 } WHERE { FILTER(1" + " = 1" * 50_000 + ") }"),
    "50,000 patterns": update("DELETE WHERE { " + " ".join(f"?a{n} <x:p> ?a{n + 1} ." for n in range(50_000)) + " }"),
    "50,000 patterns of a list": update("DELETE WHERE { ?s <x:p> " + ", ".join(f"?a{n}" for n in range(50_000)) + " }"),
    "50,000 groups": update("INSERT { <x:s> <x:p> 1 } WHERE " + nested_text("{", "}", 50_000)),
    "nested data": update("INSERT DATA { <x:s> <x:p> " + nested_text("[ <x:p> ", "]", 50_000, "1") + " }"),
    "nested lists": update("INSERT DATA { <x:s> <x:p> " + nested_text("( ", ")", 50_000, "1") + " }"),
    "nested triple terms": update("INSERT DATA { <x:s> <x:p> " + nested_text("<<( <x:a> <x:b> ", " )>>", 50_000, "1") + " }"),
    "a path again and again": update("DELETE { ?s ?p ?o } WHERE { ?s " + "/".join(["<x:p>"] * 50_000) + " ?o }"),
    "100,000 operations": update(";".join(["INSERT DATA {}"] * 100_000)),
    "a large product": update("INSERT { ?a <x:q> ?z } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?z }"),
    "an endless string": update(
        "INSERT { <x:s> <x:p> ?t30 } WHERE { BIND('abcdefgh' AS ?t0) "
        + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(30)) + " }"
    ),
    "a literal of 16 MB": graph("application/n-triples", b'<x:s> <x:p> "' + b"a" * 16_000_000 + b'" .'),
    "a literal of 6 MB in an update": update('INSERT DATA { <x:s> <x:p> "' + "a" * 1_900_000 + '" }'),
    "mutually linked blank nodes": graph("text/turtle", _LINKED.encode()),
    "deep JSON-LD": graph("application/ld+json", nested_text('{"urn:p":', "}", 5_000, "1").encode()),
    "deep JSON-LD lists": graph("application/ld+json", nested_text('{"urn:p":[', "]}", 5_000, "1").encode()),
    "nested triple terms in N-Triples": graph("application/n-triples", _triple_terms(50_000).encode()),
    "nested triple terms in Turtle": graph("text/turtle", _triple_terms(50_000).encode()),
    "nested triple terms in reach": graph("application/n-triples", _triple_terms(150).encode()),
    "RDF/XML entities, unused": graph("application/rdf+xml", _ENTITIES.encode()),
    "RDF/XML entities, used": graph("application/rdf+xml", _USED_ENTITIES.encode()),
    "deep RDF/XML": graph("application/rdf+xml", _DEEP_XML.encode()),
    "multipart inside multipart": graph("multipart/form-data; boundary=b0", _multipart(1_500)),
    "multipart without a boundary": graph("multipart/form-data", b"--x\r\n\r\n"),
    "multipart with an odd boundary": graph('multipart/form-data; boundary="\x7f"', b"--x\r\n\r\n"),
    "multipart with a bad encoding": graph(
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/turtle\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"a\r\n--x--\r\n",
    ),
    "multipart with a bad charset": graph(
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/turtle; charset=x-none\r\n\r\n<x:s> <x:p> 1 .\r\n--x--\r\n',
    ),
    "multipart with bytes as headers": graph("multipart/form-data; boundary=x", b"--x\r\n\xff: \xff\r\nContent-Type: \xff\r\n\r\na\r\n--x--"),
    "many parts": graph("multipart/form-data; boundary=x", b"--x\r\n\r\n" * 200_000),
    "a graph with an odd name": graph("text/turtle", b"<a> <b> <c> .", name="http://[::1"),
    "a graph whose name is a lone surrogate": Request("PUT", "/graphs?graph=%ed%a0%80", AUTHORIZED, b""),
    "a graph named by an odd host": Request("PUT", "/graph/a", {"Host": "%zz", "Content-Type": "text/turtle", **AUTHORIZED}, b"<a> <b> 1 ."),
    "a graph created at an odd host": Request("POST", "/graphs", {"Host": "[", "Content-Type": "text/turtle", **AUTHORIZED}, b"<a> <b> 1 ."),
    "a default graph at an odd host": Request("PUT", "/graphs?default", {"Host": "%zz", "Content-Type": "text/turtle", **AUTHORIZED}, b"<a> <b> 1 ."),
    "a media type that is not ASCII": Request("PUT", "/graphs?default", {"Content-Type": "té/é; x=é", **AUTHORIZED}, b""),
    "an update that loads": update("LOAD <http://127.0.0.1:9/>"),
    "an update that is not UTF-8": Request("POST", "/sparql", {"Content-Type": "application/sparql-update", **AUTHORIZED}, b"\xff"),
    "an update with a lone surrogate": update("INSERT DATA { <x:s> <x:p> '\ud800' }"),
    "an update with an escaped surrogate": update("INSERT DATA { <x:s> <x:p> '\\uD800' }"),
    "a pattern of regular expressions": update(
        "INSERT { <x:s> <x:p> ?x } WHERE { BIND(REPLACE('" + "a" * 30_000 + "', '(a*)*b|(a+)+c', '$1$2') AS ?x) }"
    ),
    "update that describes itself": Request("POST", "/sparql?using-graph-uri=%00", {"Content-Type": "application/sparql-update", **AUTHORIZED}, b"CLEAR ALL"),
}  # fmt: skip
