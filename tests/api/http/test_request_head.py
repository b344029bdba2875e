"""Which heads a real server refuses before the application sees them, and which it accepts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from socket_server import GET, POST, SETTINGS, Server, serve, statuses

pytestmark = pytest.mark.slow

GET_FROM = b"GET / HTTP/1.1\r\nHost: %s\r\n"
END = b"Connection: close\r\n\r\n"
CHUNKED = POST % b"echo" + b"Transfer-Encoding: chunked\r\n\r\n"
HEAD_MAX_BYTES = SETTINGS.head_max_kb * 1000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(SETTINGS) as server:
        yield server


@pytest.mark.parametrize(
    ("start", "status"),
    [(b"GET /", 414), (b"GET / HTTP/1.1\r\nX: ", 431), (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9, 431)],
)
def test_large_head_is_refused(server: Server, start: bytes, status: int) -> None:
    response = server.exchange(start, b"a" * (HEAD_MAX_BYTES // 2), b"a" * (HEAD_MAX_BYTES // 2))
    assert statuses(response) == [status]
    length = int(response.partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert len(response.partition(b"\r\n\r\n")[2]) == length


def test_head_size_is_counted_for_each_request(server: Server) -> None:
    with server.connect() as connection:
        request = GET.replace(b"\r\n\r\n", b"\r\nX: " + b"a" * (HEAD_MAX_BYTES // 4) + b"\r\n\r\n") % b"small"
        for _ in range(10):
            connection.sendall(request)
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")


REFUSED = {
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "empty Host": (GET_FROM % b"" + b"\r\n", 400),
    "percent": (GET_FROM % b"%zz" + b"\r\n", 400),
    "userinfo": (GET_FROM % b"u@a" + b"\r\n", 400),
    "space": (GET_FROM % b"a b" + b"\r\n", 400),
    "list": (GET_FROM % b"a,b" + b"\r\n", 400),
    "port": (GET_FROM % b"a:99999" + b"\r\n", 400),
    "port word": (GET_FROM % b"a:http" + b"\r\n", 400),
    "slash": (GET_FROM % b"a/b" + b"\r\n", 400),
    "long Host": (GET_FROM % (b"a" * 400) + b"\r\n", 400),
    "raw UTF-8 Host": (GET_FROM % b"\xc3\xa4" + b"\r\n", 400),
    "target with userinfo": (b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "NUL in a field": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", 400),
    "folded field": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    "NUL in the path": (b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "line end in the path": (b"GET /a%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "raw bytes in the path": (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "too many fields": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
    "length and chunks": (POST % b"echo" + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (POST % b"echo" + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "length of words": (POST % b"echo" + b"Content-Length: one\r\n\r\na", 400),
    "bad chunk": (CHUNKED + b"zz\r\n", 400),
    "huge chunk": (CHUNKED + b"fffffffffffffffff\r\n", 400),
    "other transfer coding": (POST % b"echo" + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "chunks in HTTP/1.0": (b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "content coding": (POST % b"echo" + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", 415),
    "chunk extensions": (CHUNKED + b"1;" + b"a" * 80_000 + b"\r\na\r\n0\r\n\r\n", 400),
    "trailers": (CHUNKED + b"0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", 400),
    "TRACE": (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "CONNECT": (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "PROPFIND": (b"PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "unknown method": (b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), 400),
    "relative target": (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "asterisk": (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_request_is_refused_before_the_application(server: Server, name: str) -> None:
    request, status = REFUSED[name]
    before = [scope for scope in server.app.scopes if scope["path"] != "/echo"]
    response = server.exchange(request)
    assert statuses(response) == [status]
    assert b"x-content-type-options: nosniff\r\n" in response
    assert b"connection: close\r\n" in response
    assert [scope for scope in server.app.scopes if scope["path"] != "/echo"] == before


@pytest.mark.parametrize(
    "host", [b"a", b"A.example.", b"a_b.example:8000", b"127.0.0.1:80", b"[::1]", b"[2001:db8::1]:8000", b"a:"]
)
def test_host_names_and_addresses_are_accepted(server: Server, host: bytes) -> None:
    response = server.exchange(GET_FROM % host + END)
    assert statuses(response) == [200]


def test_older_version_may_have_no_host(server: Server) -> None:
    assert statuses(server.exchange(b"GET / HTTP/1.0\r\n\r\n")) == [200]


def test_target_precedes_host(server: Server) -> None:
    request = b"GET http://target.example/path?q HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n"
    assert statuses(server.exchange(request)) == [200]
    scope = server.app.scopes[-1]
    assert (scope["path"], scope["query_string"]) == ("/path", b"q")
    assert [value for name, value in scope["headers"] if name == b"host"] == [b"target.example"]


def test_only_allowed_hosts_are_served() -> None:
    with serve(replace(SETTINGS, allowed_hosts=("data.example", "::1"))) as server:
        for host, status in ((b"data.example", 200), (b"DATA.example:8000", 200), (b"[::1]:80", 200), (b"other", 421)):
            request = GET_FROM % host + END
            assert statuses(server.exchange(request)) == [status]
