"""No query exceeds its time or memory or reaches the network, and the next query is answered."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kg.errors import (
    ConflictKgError,
    QueryDeadlineError,
    QueryForbiddenError,
    QueryLimitError,
    QueryMemoryError,
    QueryRefusedError,
)
from kg.execution.interface import Query, QueryInfo
from kg.execution.pool import WorkerPool
from kg.settings import Settings

pytestmark = pytest.mark.slow

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

DOUBLING = "BIND('abcdefgh' AS ?t0) " + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(27))

HOSTILE: dict[str, tuple[str, type[ConflictKgError]]] = {
    "cross product, counted": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", QueryDeadlineError),
    "cross product, sorted": ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i", QueryLimitError),
    "cross product, distinct": ("SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", QueryLimitError),
    "cross product, streamed": ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", QueryLimitError),
    "string doubling": (f"SELECT (STRLEN(?t27) AS ?n) {{ {DOUBLING} }}", QueryLimitError),
    "path, both ends unbound": (
        "SELECT (COUNT(*) AS ?n) { ?a (<x:a>|!<x:a>)+ ?b . ?b (<x:a>|!<x:a>)+ ?c }",
        QueryLimitError,
    ),
    "10,000 parentheses": (f"SELECT ({'(' * 10_000}1{')' * 10_000} AS ?n) {{}}", QueryRefusedError),
    "10,000 groups": ("SELECT * " + "{" * 10_000 + "}" * 10_000, QueryRefusedError),
    "10,000 alternatives": ("SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 10_000) + " }", QueryRefusedError),
    "10,000 negations": (f"ASK {{ FILTER({'!' * 10_000}true) }}", QueryRefusedError),
    "3,000 patterns": ("SELECT * {" + " ".join(f"?a{n} ?p ?a{n + 1} ." for n in range(3000)) + "}", QueryRefusedError),
    "service": ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryForbiddenError),
    "update": ("DELETE WHERE { ?s ?p ?o }", QueryForbiddenError),
}


def run(pool: WorkerPool, text: str) -> bytes:
    return b"".join(pool.run(Query(text=text)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_query_is_stopped_with_its_error(name: str, pool: WorkerPool) -> None:
    text, error = HOSTILE[name]
    run(pool, COUNT)
    killed = pool.status().killed
    with pytest.raises(error):
        run(pool, text)
    # A query that is refused reaches no worker; any other one costs its worker.
    assert pool.status().killed == killed + (not issubclass(error, QueryRefusedError))
    assert pool.status().busy == 0
    assert b'"2000"' in run(pool, COUNT)


REFUSED_BY_GUARD = ["10,000 parentheses", "10,000 groups", "10,000 alternatives", "10,000 negations", "3,000 patterns"]


@pytest.mark.parametrize("name", REFUSED_BY_GUARD)
def test_pool_survives_without_the_guard(
    name: str, start_pool: Callable[..., WorkerPool], no_guard: Callable[[str], QueryInfo]
) -> None:
    pool = start_pool(inspect=no_guard)
    run(pool, COUNT)
    try:
        run(pool, HOSTILE[name][0])
    except ConflictKgError as error:
        assert isinstance(error, QueryLimitError | QueryRefusedError)  # noqa: PT017  # an engine may also answer
    assert pool.status().busy == 0
    assert b'"2000"' in run(pool, COUNT)


def test_memory_is_limited(start_pool: Callable[..., WorkerPool], settings: Settings) -> None:
    pool = start_pool(replace(settings, query_timeout_s=30.0))
    text = f"SELECT (STRLEN(?t27) AS ?n) {{ {DOUBLING} }}"
    with pytest.raises(QueryMemoryError) as caught:
        run(pool, text)
    assert caught.value.megabytes == settings.query_memory_mb


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port on the loopback interface, and the connections it has accepted."""
    connections: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connections.append("connected")
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], connections
        server.shutdown(socket.SHUT_RDWR)
        thread.join(2)


@pytest.mark.parametrize("endpoint", ["<http://127.0.0.1:PORT/sparql>", "<http://localhost:PORT/sparql>", "?e"])
def test_no_query_opens_a_connection_even_without_the_guard(
    endpoint: str,
    listener: tuple[int, list[str]],
    start_pool: Callable[..., WorkerPool],
    no_guard: Callable[[str], QueryInfo],
) -> None:
    port, connections = listener
    pool = start_pool(inspect=no_guard)
    text = "SELECT * { VALUES ?e { <http://127.0.0.1:PORT/sparql> } SERVICE ENDPOINT { ?s ?p ?o } }"
    with pytest.raises(QueryLimitError):
        run(pool, text.replace("ENDPOINT", endpoint).replace("PORT", str(port)))
    time.sleep(0.2)
    assert connections == []
    assert b'"2000"' in run(pool, COUNT)


def test_listener_of_these_tests_notices_connections(listener: tuple[int, list[str]]) -> None:
    port, connections = listener
    with socket.create_connection(("127.0.0.1", port)):
        time.sleep(0.2)
    assert connections == ["connected"]
