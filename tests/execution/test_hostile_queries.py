"""No query outlives its limit, takes more than its memory, or reaches the network; and the next one is answered."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kg.errors import (
    ConflictKgError,
    QueryDeadlineError,
    QueryForbiddenError,
    QueryLimitError,
    QueryMemoryError,
    QueryRefusedError,
)
from kg.execution import guard
from kg.execution.interface import Query
from kg.execution.pool import WorkerPool
from kg.settings import Settings

pytestmark = pytest.mark.slow

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SLACK_S = 0.5

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


def whole(pool: WorkerPool, text: str) -> bytes:
    return b"".join(pool.run(Query(text=text)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_query_ends_in_time_with_its_error(name: str, pool: WorkerPool, settings: Settings) -> None:
    text, error = HOSTILE[name]
    whole(pool, COUNT)
    start = time.monotonic()
    with pytest.raises(error):
        whole(pool, text)
    assert time.monotonic() - start < settings.query_timeout_s + SLACK_S
    assert b'"2000"' in whole(pool, COUNT)


UNGUARDED = ["10,000 parentheses", "10,000 groups", "10,000 alternatives", "10,000 negations", "3,000 patterns"]


@pytest.mark.parametrize("name", UNGUARDED)
def test_worker_alone_survives_what_the_guard_would_refuse(
    name: str, a_pool: Callable[..., WorkerPool], settings: Settings, unexamined: Callable[[str], guard.QueryInfo]
) -> None:
    pool = a_pool(examine=unexamined)
    whole(pool, COUNT)
    start = time.monotonic()
    try:
        whole(pool, HOSTILE[name][0])
    except ConflictKgError as error:
        assert isinstance(error, QueryLimitError | QueryRefusedError)  # noqa: PT017  # an engine may also manage to answer
    assert time.monotonic() - start < settings.query_timeout_s + SLACK_S
    assert b'"2000"' in whole(pool, COUNT)


def test_memory_is_limited(pool: WorkerPool, settings: Settings) -> None:
    text = f"SELECT (STRLEN(?t27) AS ?n) {{ {DOUBLING} }}"
    with pytest.raises(QueryMemoryError) as caught:
        whole(pool, text)
    assert caught.value.megabytes == settings.query_memory_mb


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port on the loopback that notes who connects."""
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
def test_no_query_opens_a_connection_even_without_guard(
    endpoint: str,
    listener: tuple[int, list[str]],
    a_pool: Callable[..., WorkerPool],
    unexamined: Callable[[str], guard.QueryInfo],
) -> None:
    port, connections = listener
    pool = a_pool(examine=unexamined)
    text = "SELECT * { VALUES ?e { <http://127.0.0.1:PORT/sparql> } SERVICE ENDPOINT { ?s ?p ?o } }"
    with pytest.raises(QueryLimitError):
        whole(pool, text.replace("ENDPOINT", endpoint).replace("PORT", str(port)))
    time.sleep(0.2)
    assert connections == []
    assert b'"2000"' in whole(pool, COUNT)


def test_listener_of_this_test_would_notice(listener: tuple[int, list[str]]) -> None:
    port, connections = listener
    with socket.create_connection(("127.0.0.1", port)):
        time.sleep(0.2)
    assert connections == ["connected"]
