"""What a real server does with bodies, pipelines and clients that do not read or do not send."""

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest
from socket_server import DEADLINE_S, GET, GET_LAST, LARGE, POST, SETTINGS, Server, read_all, serve, statuses, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(SETTINGS) as server:
        yield server


def is_closed_while_sending(connection: socket.socket, data: bytes) -> bool:
    try:
        for _ in range(DEADLINE_S * 20):
            connection.sendall(data)
            time.sleep(0.05)
    except OSError:
        return True
    return False


def test_small_and_streamed_responses_arrive(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(3):
            connection.sendall(GET % b"small")
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")
        connection.sendall(GET % b"streamed")
        first = connection.recv(10_000)
        assert first.endswith(b"\r\n\r\n4\r\npart\r\n")
        rest = b""
        while not rest.endswith(b"0\r\n\r\n"):
            rest += connection.recv(10_000)
        assert rest.count(b"part") == 2
        connection.sendall(GET_LAST % b"small")
        assert read_all(connection).endswith(b"body")


def test_upgrade_is_not_offered_and_the_request_answered(server: Server) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"
    for protocol in (b"websocket", b"h2c"):
        response = server.exchange(head % protocol + b"Sec-WebSocket-Key: a\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        assert statuses(response) == [200]


def test_trailers_are_no_header_fields(server: Server) -> None:
    chunks = b"1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n"
    head = POST % b"echo" + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert server.exchange(head, chunks).endswith(b"\r\n\r\na")
    assert b"authorization" not in dict(server.app.scopes[-1]["headers"])


def test_bodies_are_counted_for_each_request(server: Server) -> None:
    with server.connect() as connection:
        for size in (1_000_000, 2, 300_000):
            connection.sendall(POST % b"echo" + b"Content-Length: %d\r\n\r\n" % size)
            time.sleep(0.05)
            connection.sendall(b"a" * (size - 1))
            time.sleep(0.05)
            connection.sendall(b"b")
            response = b""
            while not response.endswith(b"b"):
                response += connection.recv(1_000_000)
            assert statuses(response) == [200]


def test_body_that_the_application_does_not_read_is_received_with_pauses(server: Server) -> None:
    with server.connect() as connection:
        started = time.monotonic()
        connection.sendall(POST % b"small" + b"Content-Length: 20000000\r\n\r\n" + b"a" * 20_000_000)
        connection.sendall(GET_LAST % b"small")
        assert statuses(read_all(connection)) == [200, 200]
        # At least 10 ms after each packet of at most 256 KiB.
        assert time.monotonic() - started > 0.5


def test_body_is_requested_with_100(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(POST % b"echo" + b"Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert read_all(connection).endswith(b"abc")


def test_response_without_100_ends_the_connection(server: Server) -> None:
    request = POST % b"small" + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    response = server.exchange(request)
    assert statuses(response) == [200]
    assert b"connection: close" in response


def test_client_that_still_sends_reads_the_response(server: Server) -> None:
    size = 20_000_000
    with server.connect() as connection:
        connection.sendall(POST % b"small" + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 1_000_000):
            connection.sendall(bytes(1_000_000))
        assert statuses(read_all(connection)) == [200]


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    count = 8000
    requests = GET % b"wait" + GET % b"small" * count + POST % b"echo" + b"Content-Length: 3\r\n\r\nabc"
    with server.connect() as connection:
        sender = Thread(target=connection.sendall, args=(requests,))
        sender.start()
        response = b""
        while not response.endswith(b"\r\n\r\nabc"):
            part = connection.recv(1_000_000)
            assert part
            response += part
        sender.join()
    assert statuses(response) == [200] * (count + 2)
    assert response.index(b"waited") < response.index(b"body")


def test_malformed_request_does_not_cut_into_an_earlier_response(server: Server) -> None:
    response = server.exchange(GET % b"wait" + b"nonsense\r\n\r\n")
    assert statuses(response) == [200]
    assert response.endswith(b"waited")


def test_head_must_be_complete_in_time(server: Server) -> None:
    assert server.exchange() == b""
    assert statuses(server.exchange(b"GET / HTTP/1.1\r\nHost: ")) == [408]
    with server.connect_idle() as connection:
        connection.sendall(b"GET /")
        assert statuses(read_all(connection)) == [408]


def test_trickled_head_is_not_waited_for(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert is_closed_while_sending(connection, b"a")


def test_idle_connection_is_closed(server: Server) -> None:
    with server.connect_idle() as connection:
        assert connection.recv(1000) == b""
    with server.connect_idle() as connection:
        assert is_closed_while_sending(connection, b"\r\n")


@pytest.mark.parametrize("trickle", [b"", b"a"])
def test_body_must_make_progress(server: Server, trickle: bytes) -> None:
    disconnected = server.app.disconnected
    with server.connect() as connection:
        connection.sendall(POST % b"echo" + b"Content-Length: 1000\r\n\r\n")
        connection.settimeout(0.05)
        response = b""
        deadline = time.monotonic() + DEADLINE_S
        while not response and time.monotonic() < deadline:
            if trickle:
                connection.sendall(trickle)
            try:
                response = connection.recv(1000)
            except TimeoutError:
                continue
    assert statuses(response) == [408]
    wait_for(lambda: server.app.disconnected > disconnected)


def test_unread_response_ends_and_holds_little(server: Server) -> None:
    before = server.app.connections.timed_out["response"]
    connections = [server.connect(SO_RCVBUF=4096) for _ in range(10)]
    try:
        for connection in connections:
            connection.sendall(GET % b"large")
        buffered: list[int] = []

        def all_have_ended() -> bool:
            buffered.extend(c.transport.get_write_buffer_size() for c in server.app.connections)  # type: ignore[attr-defined]
            return server.app.connections.timed_out["response"] >= before + 10

        wait_for(all_have_ended)
        assert 0 < max(buffered) <= 150_000
    finally:
        for connection in connections:
            connection.close()


def test_large_response_arrives_whole(server: Server) -> None:
    response = server.exchange(GET_LAST % b"large")
    assert response.partition(b"\r\n\r\n")[2] == b"a" * LARGE
