"""Requests broken as HTTP: request line, header fields, framing of bodies, pipelining, halves."""

import random
from collections.abc import Callable

from tests.fuzz.mutation import mutate_bytes
from tests.fuzz.request import Request

Chance = random.Random

_TARGETS = (
    b"*",
    b"http://other/healthz",
    b"//healthz",
    b"/%zz",
    b"/\xff",
    b"/a b",
    b"",
    b"/" + b"a" * 70_000,
    b"/..%2f..",
    b"/\x00",
    b"?",
    b"/healthz#x",
)
_VERSIONS = (b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.10", b"http/1.1", b"", b"HTTP/9.9")
_FIELDS = (
    b"Host: a\r\nHost: b", b"Host:", b"Host: %zz", b"Host: [::1", b"Host: a:b", b"Host: a@b", b"Host: \xff", b"Host : a", b" folded: x",
    b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Content-Length: +5",
    b"Content-Length: 0x5", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding : chunked", b"Transfer-Encoding: xchunked", b"Connection: close", b"Connection: upgrade\r\nUpgrade: websocket",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c", b"Expect: 100-continue", b"Expect: x", b"X: " + b"a" * 70_000, b"X\x00Y: z", b": x",
    b"no colon", b"Accept: \xe2\x80\xae", b"X: a\rb", b"X: a\nb", b"Sec-WebSocket-Key: x", b"Authorization: Basic \xff", b"\r\nX: y",
    b"X-Request-ID: a\x00b", b"Accept: " + b"a/b," * 5_000, b"Content-Encoding: gzip", b"TE: trailers", b"Content-Type: \xff/\xff",
)  # fmt: skip
_CHUNKS = (
    b"5\r\nhello\r\n0\r\n\r\n", b"5;ext=1\r\nhello\r\n0\r\nT: r\r\n\r\n", b"x\r\n", b"ffffffffffffffff\r\nhello", b"-5\r\nhello\r\n", b"5\nhello\n0\n\n",
    b"5\r\nhel", b"0\r\n\r\n", b"1\r\na\r\n" * 500 + b"0\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n", b"000000000000000000005\r\nhello\r\n0\r\n\r\n",
)  # fmt: skip


def break_http(whole: Request, chance: Chance) -> Request:
    """The request as bytes with one thing wrong; none of them is owed a response."""
    data = whole.encode("", "raw")
    raw = chance.choice(_BREAKS)(data, chance)
    return Request(raw=raw or b"\n", needs_response=False)


def _change_bytes(data: bytes, chance: Chance) -> bytes:
    return mutate_bytes(data, chance)


def _truncate(data: bytes, chance: Chance) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _change_target(data: bytes, chance: Chance) -> bytes:
    line, _, rest = data.partition(b"\r\n")
    method, _, _ = line.split(b" ")
    return b" ".join([method, chance.choice(_TARGETS), chance.choice(_VERSIONS)]) + b"\r\n" + rest


def _change_method(data: bytes, chance: Chance) -> bytes:
    method = chance.choice(
        (b"", b"get", b"G\x00T", b"CONNECT", b"PRI", b"M-SEARCH", b"SOURCE", b"A" * 5_000, b"GET\t", b" GET")
    )
    return method + data[data.index(b" ") :]


def _add_field(data: bytes, chance: Chance) -> bytes:
    line, _, rest = data.partition(b"\r\n")
    fields = b"\r\n".join(chance.choice(_FIELDS) for _ in range(chance.choice((1, 1, 2, 4))))
    return line + b"\r\n" + fields + b"\r\n" + rest


def _many_fields(data: bytes, chance: Chance) -> bytes:
    line, _, rest = data.partition(b"\r\n")
    count = chance.choice((50, 500, 5_000))
    return line + b"\r\n" + b"".join(b"X%d: y\r\n" % number for number in range(count)) + rest


def _remove_host(data: bytes, _chance: Chance) -> bytes:
    return data.replace(b"Host: 127.0.0.1\r\n", b"")


def _chunk(_data: bytes, chance: Chance) -> bytes:
    path = chance.choice((b"/sparql", b"/graphql", b"/load", b"/healthz"))
    media_type = chance.choice((b"application/sparql-query", b"application/json", b"application/x-www-form-urlencoded"))
    head = (
        b"POST "
        + path
        + b" HTTP/1.1\r\nHost: a\r\nContent-Type: "
        + media_type
        + b"\r\nAuthorization: Bearer {token}\r\n"
    )
    length = chance.choice((b"", b"", b"Content-Length: 5\r\n"))
    return head + length + b"Transfer-Encoding: chunked\r\n\r\n" + chance.choice(_CHUNKS)


def _pipeline(data: bytes, chance: Chance) -> bytes:
    if chance.random() < 0.5:
        return data * chance.choice((2, 5, 50))
    return data + mutate_bytes(data, chance) + data


def _noise(_data: bytes, chance: Chance) -> bytes:
    return chance.choice((
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n" * 1_000, b"\x00" * 100, b"GET", b"SSH-2.0-x\r\n",
        chance.randbytes(200), b"GET / HTTP/1.1\r\n" * 50, b"\n\n\nGET /healthz HTTP/1.1\nHost: a\n\n",
    ))  # fmt: skip


_BREAKS: tuple[Callable[[bytes, Chance], bytes], ...] = (
    _change_bytes, _change_bytes, _truncate, _change_target, _change_method, _add_field, _add_field, _add_field, _many_fields,
    _remove_host, _chunk, _chunk, _pipeline, _noise,
)  # fmt: skip
