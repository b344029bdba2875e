"""How many connections there may be, and whose: a client that fills its share keeps nobody else out."""

import socket
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import pytest
from socket_server import DEADLINE_S, GET, GET_LAST, POST, SETTINGS, Server, serve, statuses, wait_for

from api.http.connections import Connections, Phase, ceiling
from kg.settings import Settings

pytestmark = pytest.mark.slow

PATIENT = replace(SETTINGS, head_timeout_s=60, stall_timeout_s=60, idle_timeout_s=60)


def is_served(server: Server, host: str) -> bool:
    return statuses(server.exchange(GET_LAST % b"small", host=host)) == [200]


def test_ceiling_is_below_the_limit_of_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for files, connections in ((1024, 768), (256, 192), (100_000, 1024)):
        monkeypatch.setattr("resource.getrlimit", lambda _, files=files: (files, files))
        assert ceiling(Settings()) == connections
        assert ceiling(Settings(max_connections=10)) == 10
        assert ceiling(Settings(max_connections=1_000_000)) < files


def test_connection_beyond_the_share_is_told_and_others_are_served() -> None:
    with serve(replace(PATIENT, max_connections=40, client_connections=8)) as server, ExitStack() as stack:
        opened = [stack.enter_context(server.connect("127.0.0.2")) for _ in range(8)]
        wait_for(lambda: len(server.app.connections) == 8)
        refused = server.exchange(host="127.0.0.2")
        assert statuses(refused) == [503]
        assert b"\r\nretry-after: " in refused
        assert server.app.connections.refused == {"share": 1}
        assert is_served(server, "127.0.0.1")
        opened.pop().close()
        wait_for(lambda: len(server.app.connections) == 7)
        assert is_served(server, "127.0.0.2")


def test_flood_of_connections_shuts_nobody_out() -> None:
    with serve(replace(PATIENT, max_connections=100, client_connections=50)) as server, ExitStack() as stack:
        for _ in range(600):
            stack.enter_context(server.connect("127.0.0.2"))
        for _ in range(20):
            assert is_served(server, "127.0.0.1")
        assert len(server.app.connections) <= 100


def test_silent_connections_of_many_clients_are_displaced() -> None:
    with serve(replace(PATIENT, max_connections=30, client_connections=10)) as server, ExitStack() as stack:
        for number in range(30):
            stack.enter_context(server.connect(f"127.0.1.{number + 1}"))
        wait_for(lambda: len(server.app.connections) == 30)
        for number in range(10):
            assert is_served(server, f"127.0.2.{number + 1}")
        assert server.app.connections.displaced >= 1
        assert len(server.app.connections) <= 30


def test_refused_newcomers_do_not_shut_out_others() -> None:
    with serve(replace(PATIENT, max_connections=300)) as server, ExitStack() as stack:
        for number in range(300):
            stack.enter_context(server.connect(f"127.0.{number // 200 + 1}.{number % 200 + 1}"))
        wait_for(lambda: len(server.app.connections) == 300)
        for number in range(100):
            # The second connection of a client whose share is as large as any.
            stack.enter_context(server.connect(f"127.0.2.{number % 100 + 1}"))
            assert is_served(server, "127.0.0.1")


def test_client_with_the_most_connections_is_displaced_and_idle_ones_first() -> None:
    with serve(replace(PATIENT, max_connections=12, client_connections=10)) as server, ExitStack() as stack:
        # Half of the connections at most, whatever the setting says.
        assert server.app.connections.max_of_client == 6
        kept = stack.enter_context(server.connect("127.0.0.3"))
        heads = [stack.enter_context(server.connect("127.0.0.2")) for _ in range(4)]
        for connection in heads:
            connection.sendall(b"GET /")
        body = stack.enter_context(server.connect("127.0.0.2"))
        body.sendall(POST % b"echo" + b"Content-Length: 1\r\n\r\n")
        idle = stack.enter_context(server.connect("127.0.0.2"))
        idle.sendall(GET % b"small")
        assert idle.recv(1000)
        for number in range(5):
            stack.enter_context(server.connect(f"127.0.1.{number + 1}"))
        wait_for(lambda: len(server.app.connections) == 12)
        time.sleep(2.5)  # an idle connection counts as idle only after two seconds
        newcomer = stack.enter_context(server.connect("127.0.0.9"))
        assert has_ended(idle)
        newcomer.sendall(GET % b"small")
        assert statuses(newcomer.recv(1000)) == [200]
        body.sendall(b"a")
        assert body.recv(1000).endswith(b"a")
        kept.sendall(GET % b"small")
        assert statuses(kept.recv(1000)) == [200]


def test_connection_between_two_requests_outlives_silent_ones() -> None:
    with serve(replace(PATIENT, max_connections=10)) as server, ExitStack() as stack:
        busy = stack.enter_context(server.connect("127.0.0.1"))
        connections = server.app.connections
        for number in range(60):
            stack.enter_context(server.connect(f"127.0.1.{number + 1}"))
            wait_for(partial(has_decided, connections, number + 2))
            busy.sendall(GET % b"small")
            assert statuses(busy.recv(1000)) == [200]
            # A newcomer within a moment of another may find no list of candidates, and is refused.
            time.sleep(0.005)
        assert connections.displaced == 51


def has_decided(connections: Connections, count: int) -> bool:
    """Whether so many connections were admitted or refused."""
    return len(connections) + connections.displaced + connections.refused.total() == count


def has_ended(connection: socket.socket) -> bool:
    connection.settimeout(DEADLINE_S)
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


def test_trusted_proxy_has_no_share_of_connections() -> None:
    settings = replace(PATIENT, max_connections=40, client_connections=5, trusted_proxies=("127.0.0.2",))
    with serve(settings) as server, ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(server.connect("127.0.0.2"))
        request = (GET % b"small").replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n")
        assert statuses(server.exchange(request, host="127.0.0.2")) == [200]
        assert server.app.scopes[-1]["client_key"] == "192.0.2.1"
        assert statuses(server.exchange(request, host="127.0.0.3")) == [200]
        assert server.app.scopes[-1]["client_key"] == "127.0.0.3"


def test_connections_of_a_server_that_ends_are_forgotten() -> None:
    connections = Connections(Settings())
    assert len(connections) == 0
    with serve(PATIENT) as server, server.connect():
        wait_for(lambda: len(server.app.connections) == 1)
    assert len(server.app.connections) == 0


class BrokenConnection:
    share_key, is_exempt, phase, since = "192.0.2.1", False, Phase.IDLE, 0.0
    was_aborted = False

    def end_if_late(self, _now: float) -> str:
        raise RuntimeError("a defect")

    def abort(self) -> None:
        self.was_aborted = True


def test_a_defect_in_one_connection_does_not_end_the_time_limits_of_others() -> None:
    broken = BrokenConnection()
    impatient = replace(SETTINGS, head_timeout_s=1, stall_timeout_s=60, idle_timeout_s=60)
    with serve(impatient) as server:
        loop = server.app.loop
        loop.call_soon_threadsafe(server.app.connections.admit, broken)
        wait_for(lambda: broken.was_aborted)
        with server.connect() as silent:
            wait_for(lambda: has_ended(silent))
        loop.call_soon_threadsafe(server.app.connections.remove, broken)
