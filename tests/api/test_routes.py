"""Every route is a bounded read: its body is counted, and it is known where its answer is computed."""

import re
import socket
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from fastapi import FastAPI

from api import routers

MODULES = [import_module(f"{routers.__name__}.{module.name}") for module in iter_modules(routers.__path__)]
WORKER = "a worker computes it, with the limits of a query"
INGEST = "the ingest worker computes it, with its limits"
SHIPPED = "a worker computes it once, from what is shipped and not from data"
CONSTANT = "constant work, whatever the data"
DUMPS = "one thread writes them, a tenth of the time at most; else a file is sent"
LISTS = "an index finds a page, or so many rows of a file at most, a worker reads them"
LIST_NAMES = ("actors", "incidents", "places", "sources", "statements", "zones")
OWNER = "refused but for the command line of the machine, whose owner may use it as he likes"

BOUNDS = {
    "/": WORKER,
    "/.well-known/genid/{slug}": CONSTANT,
    "/.well-known/void": CONSTANT,
    "/alignments": SHIPPED,
    "/backup": OWNER,
    "/bulk-load": OWNER,
    "/catalog": WORKER,
    "/compare": WORKER,
    "/cite/{kind}/{slug:path}": WORKER,
    "/context": SHIPPED,
    "/context.jsonld": SHIPPED,
    "/data/{kind}/{name:path}": WORKER,
    "/dumps/{name:path}": DUMPS,
    "/graph/{name:path}": WORKER,
    "/graph/{slug:path}": WORKER,
    "/graphql": WORKER,
    "/graphql/": WORKER,
    "/graphql/schema": SHIPPED,
    "/graphs": WORKER,
    "/graphs/": WORKER,
    "/healthz": CONSTANT,
    "/id/{kind}/{slug:path}": CONSTANT,
    **{f"/{name}{suffix}": LISTS for name in LIST_NAMES for suffix in ("", ".{suffix}")},
    "/load": INGEST,
    "/metrics": CONSTANT,
    "/ontology": SHIPPED,
    "/ontology/{name}": WORKER,
    "/openapi.json": CONSTANT,
    "/page/{kind}/{slug:path}": WORKER,
    "/problems": SHIPPED,
    "/warnings": SHIPPED,
    "/questions": SHIPPED,
    "/questions/{name}": WORKER,
    "/readyz": CONSTANT,
    "/reconcile": "an index finds so many candidates at most, a worker looks them up",
    "/reconcile/": "an index finds so many candidates at most, a worker looks them up",
    "/reconcile/extend/propose": SHIPPED,
    "/reconcile/preview": WORKER,
    "/reconcile/suggest/entity": "an index finds so many candidates at most, a worker looks them up",
    "/reconcile/suggest/{kind}": SHIPPED,
    "/robots.txt": CONSTANT,
    "/search": "an index finds so many candidates at most, a worker looks them up",
    "/shapes": SHIPPED,
    "/shapes/{name}": SHIPPED,
    "/sitemap.xml": WORKER,
    "/sitemap/{part}.xml": WORKER,
    "/sparql": WORKER,
    "/sparql/": WORKER,
    "/void.ttl": WORKER,
    "/vocab": SHIPPED,
    "/vocab/{scheme}": SHIPPED,
    "/vocab/{scheme}/{concept}": CONSTANT,
}
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


def routes() -> Iterator[Any]:
    yield from FastAPI(docs_url=None, redoc_url=None).routes
    for module in MODULES:
        yield from module.router.routes


def test_every_route_states_its_bound() -> None:
    paths = {route.path for route in routes()}
    assert paths == BOUNDS.keys(), "say in BOUNDS what bounds the new route"


def bodies() -> list[tuple[str, str]]:
    return sorted({(method, route.path) for route in routes() for method in WITH_BODY if method in route.methods})


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), bodies())
@pytest.mark.parametrize("length", ["Content-Length: 90000000000", "Transfer-Encoding: chunked"])
def test_body_without_a_token_is_counted(method: str, path: str, length: str, address: str) -> None:
    host, _, port = address.removeprefix("http://").rpartition(":")
    target = re.sub(r"{[^}]*}", "x", path)
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(head.encode())
        if "chunked" in length:
            send_chunks(connection, 4_000_000)
        status = int(connection.recv(100).split()[1])
    assert 400 <= status < 500


def send_chunks(connection: socket.socket, size: int) -> None:
    try:
        for _ in range(size // 100_000):
            connection.sendall(b"%x\r\n%b\r\n" % (100_000, bytes(100_000)))
    except OSError:
        return  # the server has ended the connection: the response is on its way
