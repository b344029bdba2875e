"""The attacks, one row each: what is sent, by how many clients, from how many addresses.

``python -m bench.attacks.catalogue NAME PORT`` runs one until it is ended. Those named in issues of this project stand
first, others of their kinds after them.
"""

import asyncio
import base64
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from bench.attacks.client import (
    Target,
    drip,
    keep_requesting,
    never_read,
    repeat,
    request_again,
    send_without_end,
    stay_silent,
)
from bench.attacks.generated_graph import GENERATED_GRAPH
from bench.attacks.server import TOKEN

Attacker = Coroutine[Any, Any, None]
_LOW_PRIORITY = 5
_HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 300000"
_DOUBLING = "BIND('abcdefgh' AS ?t0) " + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(27))
_HOSTILE = (
    _HEAVY,
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i",
    "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    f"SELECT (STRLEN(?t27) AS ?n) {{ {_DOUBLING} }}",
    "SELECT (COUNT(*) AS ?n) { ?a (<x:a>|!<x:a>)+ ?b . ?b (<x:a>|!<x:a>)+ ?c }",
    "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(a|aa)+(b|bb)+(c|cc)+$') && REGEX(STR(?s), '(.*){8}x')) }",
    "SELECT ?p (GROUP_CONCAT(?o) AS ?x) { ?s ?p ?o . ?t ?q ?u } GROUP BY ?p",
    "SELECT * { ?s ?p ?o MINUS { ?t ?q ?u . ?v ?r ?w FILTER(?s = ?t) } }",
    "SELECT (SHA512(?x) AS ?y) { ?s ?p ?o . ?t ?q ?u BIND(CONCAT(STR(?s), STR(?u)) AS ?x) } ORDER BY ?y",
)


@dataclass(frozen=True, slots=True)
class Attack:
    """Clients that attack together. ``attackers`` gets the port and makes them."""

    attackers: Callable[[int], list[Attacker]]
    plain: bool = False
    is_log_read: bool = True
    """Whether anybody reads the log of the server."""
    needs_generated: bool = False
    """Whether it attacks GENERATED_GRAPH."""


def get(path: str, accept: str = "*/*", more: str = "") -> bytes:
    """A GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nConnection: close\r\n{more}\r\n".encode()


def post(path: str, body: bytes, media_type: str, more: str = "") -> bytes:
    """A POST with the token."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\nAuthorization: Bearer {TOKEN}\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n".encode() + body


def query(text: str, accept: str = "*/*") -> bytes:
    """A SPARQL query by GET."""
    return get(f"/sparql?{urlencode({'query': text})}", accept)


def update(text: str) -> bytes:
    """A SPARQL update with the token."""
    return post("/sparql", text.encode(), "application/sparql-update")


def graphql(document: str) -> bytes:
    """A GraphQL request."""
    return post("/graphql", json.dumps({"query": document}).encode(), "application/json")


def load(name: str, content: bytes) -> bytes:
    """A document with the token."""
    document = {"name": name, "content": base64.b64encode(content).decode()}
    return post("/load", json.dumps({"documents": [document]}).encode(), "application/json")


def addresses(count: int, offset: int = 2) -> Iterator[str]:
    """So many loopback addresses beside 127.0.0.1."""
    return (f"127.0.{number // 250}.{number % 250 + 1}" for number in range(offset, offset + count))


def clients(
    count: int, *requests: bytes, leave_after_s: float | None = None, from_addresses: int = 1, pause_s: float = 0.02
) -> Callable[[int], list[Attacker]]:
    """So many clients that send these requests again and again, from one address or from several."""

    def attackers(port: int) -> list[Attacker]:
        sources = itertools.cycle(addresses(from_addresses))
        targets = [Target(port, next(sources)) for _ in range(count)]
        return [
            request_again(target, _rotate(requests, number), leave_after_s=leave_after_s, pause_s=pause_s)
            for number, target in enumerate(targets)
        ]

    return attackers


def _rotate(requests: tuple[bytes, ...], start: int) -> Iterator[bytes]:
    return itertools.islice(itertools.cycle(requests), start % len(requests), None)


def _flood(count: int, data: bytes, from_addresses: int) -> Callable[[int], list[Attacker]]:
    """Clients that send small requests over connections they keep."""
    kept = data.replace(b"Connection: close\r\n", b"")

    def attackers(port: int) -> list[Attacker]:
        sources = itertools.cycle(addresses(from_addresses))
        return [keep_requesting(Target(port, next(sources)), repeat(kept)()) for _ in range(count)]

    return attackers


def _unread(data: bytes, count: int, from_addresses: int = 3) -> Callable[[int], list[Attacker]]:
    def attackers(port: int) -> list[Attacker]:
        sources = addresses(from_addresses)
        return [never_read(Target(port, source), data, count // from_addresses) for source in sources]

    return attackers


def _silent(count: int, from_addresses: int) -> Callable[[int], list[Attacker]]:
    def attackers(port: int) -> list[Attacker]:
        sources = addresses(from_addresses)
        return [stay_silent(Target(port, source), count // from_addresses) for source in sources]

    return attackers


def _drips(
    count: int, start: bytes, piece: bytes, interval_s: float, from_addresses: int
) -> Callable[[int], list[Attacker]]:
    def attackers(port: int) -> list[Attacker]:
        sources = itertools.cycle(addresses(from_addresses))
        return [drip(Target(port, next(sources)), start, piece, interval_s) for _ in range(count)]

    return attackers


def _bodies(count: int, start: bytes, size: int) -> Callable[[int], list[Attacker]]:
    def attackers(port: int) -> list[Attacker]:
        return [send_without_end(Target(port, address), start + b"[", size) for address in addresses(count)]

    return attackers


def _head(method_and_path: str, *fields: str) -> bytes:
    return "\r\n".join([f"{method_and_path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


def nest(opening: str, closing: str, depth: int, inside: str = "") -> str:
    """Brackets around brackets."""
    return opening * depth + inside + closing * depth


_SIZE = 60_000_000
_LINKED = " ".join(f"_:b{n} <x:p> _:b{m} ." for n in range(9) for m in range(9) if n != m).encode()
_EQUAL_ITEMS = f"<x:s> <x:p> ({' _:x' * 1_000} ) .".encode()
_EQUAL_NODES = f"<x:s> <x:p> {', '.join(['[ <x:p> 1 ]'] * 1_000)} .".encode()
_ENTITIES = (
    '<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
).encode()
_TRIPLE_TERMS = f"<x:s> <x:p> {nest('<<( <x:a> <x:b> ', ' )>>', 50_000, '<x:c>')} .".encode()
_DEEP_JSON_LD = nest('{"urn:p":', "}", 5_000, "1").encode()
_MANY_TRIPLES = "".join(f"<x:s{n}> <x:p> <x:o{n}> .\n" for n in range(100_000)).encode()
_ALIASES = b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 30))
_INTROSPECTION = "{ __schema { types { name fields { name type { name ofType { name } } args { name } } } } }"
_WIDE = "{ " + " ".join(f"a{n}: zones(first: 100) {{ nodes {{ id prefLabel }} }}" for n in range(60)) + " }"
_DEEP = "{ statements(first: 100) { nodes { " + nest("asserts { nodes { ", "} } ", 3, "id ") + " } } }"
_QUESTIONS = (
    get("/questions/what-is-said-of-incidents", "text/html"),
    get("/questions/who-controls-what", "text/html"),
    get("/questions/who-calls-whom-what", "application/json"),
)
_REPETITIVE = (
    "a" * 4_000,
    "a-" * 2_000,
    "<" * 4_000,
    "1." * 2_000,
    "a." * 2_000,
    " " * 4_000 + "x",
    "'" + "\\'" * 1_900 + "'",
    "-a" * 2_000,
    "x:" + "%61" * 1_300,
)
_CONSTRUCT = query(
    "CONSTRUCT { ?a ?b ?c . ?d ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 100000", "application/n-triples"
)
_GRAPH = "/graph/syria-daily-2017-08-07"
_PAGES = ("/page/actor/russia", "/page/zone/idlib", "/page/graph/actors", "/page/source/syria-daily-2017-08-07")
_RESOURCES = (
    *(get(path, "text/html") for path in _PAGES),
    get("/data/actor/russia.ttl"),
    get("/data/zone/idlib.jsonld"),
    get(_GRAPH, "text/turtle"),
    get(_GRAPH, "text/html"),
    get("/graph/places"),
)
_GENERATED = (
    get(GENERATED_GRAPH, "text/html"),
    get(GENERATED_GRAPH, "text/turtle"),
    get(f"/page{GENERATED_GRAPH}", "text/html"),
    get(f"/data{GENERATED_GRAPH}.ttl"),
)
_HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"

ATTACKS: Mapping[str, Attack] = {
    "load without token, 60 MB": Attack(
        _bodies(3, _head("POST /load", "Content-Type: application/json", f"Content-Length: {_SIZE}"), _SIZE)
    ),
    "load without token, chunked": Attack(
        _bodies(3, _head("POST /load", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"8000000\r\n", _SIZE)
    ),
    "bodies of all routes": Attack(
        _bodies(3, _head("POST /graphql", "Content-Type: application/json", f"Content-Length: {_SIZE}"), _SIZE)
    ),
    "body of a page": Attack(_bodies(3, _head("GET /page/zone/idlib", f"Content-Length: {_SIZE}"), _SIZE)),
    "graphs, pages and data, 40 clients": Attack(clients(40, *_RESOURCES, from_addresses=4)),
    "graphs, pages and data, left": Attack(clients(24, *_RESOURCES, leave_after_s=0.2, from_addresses=3)),
    "one large graph, left": Attack(clients(12, get("/graph/places"), get(_GRAPH), leave_after_s=1.0)),
    "the generated graph": Attack(clients(24, *_GENERATED, from_addresses=3), needs_generated=True),
    "the generated graph, left": Attack(clients(12, *_GENERATED, leave_after_s=1.0), needs_generated=True),
    "the generated graph, left at once": Attack(
        clients(24, *_GENERATED, leave_after_s=0.1, from_addresses=6), needs_generated=True
    ),
    "the generated graph, unread": Attack(_unread(_GENERATED[1], 60), needs_generated=True),
    "HTML results unread": Attack(_unread(query("SELECT * { ?s ?p ?o } LIMIT 20000", "text/html"), 30)),
    "results unread": Attack(_unread(query(_STREAM, "text/csv"), 60)),
    "graphs unread": Attack(_unread(get("/graph/places", "text/turtle"), 60)),
    "pipelined requests unread": Attack(_unread(get("/ontology").replace(b"Connection: close\r\n", b"") * 200, 60)),
    "1,100 silent connections": Attack(_silent(1_100, 1)),
    "1,100 silent connections, many addresses": Attack(_silent(1_100, 110)),
    "slow heads": Attack(_drips(300, _HALF_HEAD, b"X: y\r\n", 0.5, 10)),
    "slow heads, a byte at a time": Attack(_drips(300, b"G", b"E", 0.5, 1)),
    "slow bodies": Attack(
        _drips(300, _head("POST /sparql", "Content-Type: application/sparql-query", "Content-Length: 100000"), b" ", 0.5, 10)
    ),
    "slow chunks": Attack(
        _drips(200, _head("POST /graphql", "Content-Type: application/json", "Transfer-Encoding: chunked"), b"1\r\n \r\n", 0.5, 5)
    ),
    "queries of 4 kB for regular expressions": Attack(
        clients(6, *(query(f"SELECT * {{ ?s ?p ?o FILTER({text}) }}") for text in _REPETITIVE), query("#" * 4_000), pause_s=0.05)
    ),
    "headers of 8 kB for regular expressions": Attack(
        clients(6, get("/ontology", "text/html;q=0.1," * 500), get("/context", more=f"If-None-Match: {'W/' * 4_000}\r\n"),
                get("/data/zone/idlib.ttl", " " * 8_000 + "x"), get("/sparql?query=ASK{}", ";" * 8_000), pause_s=0.05)
    ),
    "a log reader that stops": Attack(_flood(8, get("/" + "a" * 2_000), 4), is_log_read=False),
    "HTML queries left": Attack(clients(24, query(_HEAVY, "text/html"), leave_after_s=0.3, from_addresses=3)),
    "HTML queries": Attack(clients(24, query(_HEAVY, "text/html"), from_addresses=3)),
    "introspection by 8 clients": Attack(clients(8, graphql(_INTROSPECTION), from_addresses=2)),
    "GraphQL, wide": Attack(clients(12, graphql(_WIDE), from_addresses=3)),
    "GraphQL, deep": Attack(clients(12, graphql(_DEEP), graphql(nest("{ zones ", "}", 5_000)), from_addresses=3)),
    "GraphQL left": Attack(clients(24, graphql(_WIDE), graphql(_INTROSPECTION), leave_after_s=0.05, from_addresses=3)),
    "deep JSON bodies": Attack(clients(6, post("/graphql", b'{"a":' * 150_000, "application/json"), from_addresses=3)),
    "hostile queries, 48 clients": Attack(clients(48, *map(query, _HOSTILE), from_addresses=1)),
    "hostile queries, 48 addresses": Attack(clients(48, *map(query, _HOSTILE), from_addresses=48)),
    "hostile queries left": Attack(clients(48, *map(query, _HOSTILE), leave_after_s=0.2, from_addresses=8)),
    "large CONSTRUCTs": Attack(clients(8, _CONSTRUCT, from_addresses=4)),
    "large CONSTRUCTs unread": Attack(_unread(_CONSTRUCT, 30)),
    "questions": Attack(clients(16, *_QUESTIONS, from_addresses=4)),
    "large pages of the vocabulary": Attack(
        clients(16, get("/ontology", "text/html"), get("/shapes", "text/html"), get("/graphql/schema"), get("/openapi.json"),
                get("/vocab", "text/html"), get("/shapes", "application/rdf+xml"), from_addresses=4)
    ),
    "metrics and service descriptions": Attack(clients(16, get("/metrics"), get("/sparql", "text/turtle"), from_addresses=4)),
    "a flood of cheap requests": Attack(_flood(16, get("/healthz"), 1)),
    "a flood of cheap requests, many addresses": Attack(_flood(32, get("/healthz"), 32)),
    "a flood of small queries": Attack(_flood(16, query("ASK {}"), 1)),
    "a flood of errors": Attack(_flood(16, get("/nothing"), 4)),
    "a flood of connections": Attack(clients(40, get("/healthz"), from_addresses=8, pause_s=0.0)),
    "documents: mutually linked blank nodes": Attack(clients(2, load("a.ttl", _LINKED))),
    "documents: equal items": Attack(clients(2, load("a.ttl", _EQUAL_ITEMS), load("a.ttl", _EQUAL_NODES))),
    "documents: deep": Attack(
        clients(3, load("a.jsonld", _DEEP_JSON_LD), load("a.nt", _TRIPLE_TERMS), load("a.yaml", b"[" * 50_000))
    ),
    "documents: entities and aliases": Attack(clients(2, load("a.rdf", _ENTITIES), load("a.yaml", _ALIASES))),
    "documents: 100,000 triples": Attack(clients(3, load("a.nt", _MANY_TRIPLES))),
    "documents: JSON of 20 MB": Attack(clients(2, post("/load", b'{"documents": [' + b"[]," * 6_000_000, "application/json"))),
    "updates: 1-1-1": Attack(
        clients(2, update("INSERT { <x:s> <x:p> ?x } WHERE { BIND(1" + "-1" * 50_000 + " AS ?x) }")), plain=True
    ),
    "updates: 50,000 patterns": Attack(
        clients(2, update("DELETE WHERE { " + " ".join(f"?a{n} <x:p> ?a{n + 1} ." for n in range(50_000)) + " }")), plain=True
    ),
    "updates: products": Attack(
        clients(4, update("INSERT { ?a <x:q> ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")), plain=True
    ),
    "updates: a flood of small ones": Attack(
        clients(8, update("INSERT DATA { <x:s> <x:p> 1 }"), update("DELETE DATA { <x:s> <x:p> 1 }")), plain=True
    ),
    "graph store: triple terms, JSON-LD, entities": Attack(
        clients(
            3,
            post(f"/graphs?graph={quote('http://example.org/g')}", _TRIPLE_TERMS, "application/n-triples"),
            post(f"/graphs?graph={quote('http://example.org/g')}", _DEEP_JSON_LD, "application/ld+json"),
            post(f"/graphs?graph={quote('http://example.org/g')}", _ENTITIES, "application/rdf+xml"),
        ),
        plain=True,
    ),
    "graph store: 100,000 triples": Attack(
        clients(2, post(f"/graphs?graph={quote('http://example.org/g')}", _MANY_TRIPLES, "application/n-triples")), plain=True
    ),
}  # fmt: skip


async def _run(attack: Attack, port: int) -> None:
    tasks = [asyncio.create_task(attacker) for attacker in attack.attackers(port)]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, sys.exit, 0)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    os.nice(_LOW_PRIORITY)
    asyncio.run(_run(ATTACKS[sys.argv[1]], int(sys.argv[2])))
