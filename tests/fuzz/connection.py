"""A connection for requests that may be wrong, and a strict reader of what comes back. Raises MalformedError."""

import asyncio
import random
import re
from dataclasses import dataclass, field

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [\x20-\x7e]*")
_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\x20-\x7e\x80-\xff\t]*")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}(?:;[\x20-\x7e]*)?")
_QUIET_S = 0.1
"""How long nothing must come back before a request that is owed no response counts as done."""
_RAW_TIMEOUT_S = 2.0
_WITHOUT_BODY = frozenset({204, 304})


class MalformedError(Exception):
    """What came back is no HTTP."""


class ClosedError(Exception):
    """The server closed the connection before a response."""


@dataclass(slots=True)
class Response:
    """Status, header fields in lower case, and body."""

    status: int
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Connection:
    """One connection from a loopback address of its own; opened when needed."""

    def __init__(self, port: int, local_address: str) -> None:
        self._port, self._local_address = port, local_address
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, data: bytes, method: str, chance: random.Random) -> Response:
        """Send a request, sometimes slowly, and read its response. Raises ClosedError, MalformedError or OSError."""
        is_fresh = self._writer is None
        try:
            return await self._send_once(data, method, chance)
        except (ClosedError, OSError):
            self.close()
            if is_fresh:
                raise
            # A connection that was kept may have been closed meanwhile.
            return await self._send_once(data, method, chance)

    async def send_raw(self, data: bytes) -> list[Response]:
        """Send bytes on a connection of their own, and read responses until nothing comes or it is closed."""
        self.close()
        reader, writer = await self._open()
        try:
            writer.write(data)
            received = b""
            try:
                async with asyncio.timeout(_RAW_TIMEOUT_S):
                    while part := await asyncio.wait_for(reader.read(65_536), _QUIET_S * (1 if received else 3)):
                        received += part
            except (TimeoutError, OSError):
                pass
            return parse_all(received)
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection at once."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            address = (self._local_address, 0)
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, local_addr=address, limit=1 << 20
            )
        return self._reader, self._writer

    async def _send_once(self, data: bytes, method: str, chance: random.Random) -> Response:
        reader, writer = await self._open()
        if chance.random() < 0.02 and len(data) < 5_000:
            size = max(1, len(data) // 5)
            for start in range(0, len(data), size):
                writer.write(data[start : start + size])
                await asyncio.sleep(0.005)
        else:
            writer.write(data)
        response = await _read_response(reader, method)
        while response.status < 200:
            response = await _read_response(reader, method)
        if "close" in response.fields.get("connection", "").lower() or "content-length" not in response.fields:
            self.close()
        return response


async def _read_response(reader: asyncio.StreamReader, method: str) -> Response:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise MalformedError(f"the head ends early: {end.partial[:200]!r}") from None
        raise ClosedError from None
    except asyncio.LimitOverrunError:
        raise MalformedError("the head is longer than a megabyte") from None
    response = _parse_head(head[:-4])
    try:
        if method == "HEAD" or response.status < 200 or response.status in _WITHOUT_BODY:
            return response
        if "chunked" in response.fields.get("transfer-encoding", ""):
            response.body = await _read_chunks(reader)
        elif "content-length" in response.fields:
            response.body = await reader.readexactly(int(response.fields["content-length"]))
        else:
            response.body = await reader.read()
    except asyncio.IncompleteReadError as end:
        # An error within a response can only be told by its early end (RFC 9112, section 8).
        response.body = end.partial
        response.fields["connection"] = "close"
    return response


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while True:
        line = await reader.readuntil(b"\r\n")
        if not _CHUNK_SIZE.fullmatch(line[:-2]):
            raise MalformedError(f"no chunk size: {line[:100]!r}")
        size = int(line.split(b";")[0], 16)
        part = await reader.readexactly(size + 2)
        if part[-2:] != b"\r\n":
            raise MalformedError("a chunk is longer than its size")
        if not size:
            return b"".join(parts)
        parts.append(part[:-2])


def _parse_head(head: bytes) -> Response:
    lines = head.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(lines[0])
    if not status:
        raise MalformedError(f"no status line: {lines[0][:200]!r}")
    fields: dict[str, str] = {}
    for line in lines[1:]:
        if not _FIELD.fullmatch(line):
            raise MalformedError(f"no header field: {line[:200]!r}")
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() in fields and name.lower() in (
            "content-length",
            "content-type",
            "transfer-encoding",
            "location",
        ):
            raise MalformedError(f"{name} is given twice")
        fields[name.lower()] = value.strip()
    return Response(int(status[1]), fields)


def parse_all(data: bytes) -> list[Response]:
    """The responses in these bytes, the last of which may be incomplete. Raises MalformedError."""
    responses: list[Response] = []
    while data:
        head, end, rest = data.partition(b"\r\n\r\n")
        if not end:
            if not head.startswith(b"HTTP/1."[: len(head)]):
                raise MalformedError(f"no response: {head[:200]!r}")
            break
        response = _parse_head(head)
        responses.append(response)
        data = _skip_body(response, rest)
    return responses


def _skip_body(response: Response, rest: bytes) -> bytes:
    """What follows the body; a response to HEAD has none, and the request may have been changed to one."""
    if response.status < 200 or response.status in _WITHOUT_BODY or rest.startswith(b"HTTP/1."):
        return rest
    if "content-length" in response.fields:
        return rest[int(response.fields["content-length"]) :]
    if "chunked" in response.fields.get("transfer-encoding", ""):
        while (at := rest.find(b"\r\n")) >= 0:
            line = rest[:at]
            if not _CHUNK_SIZE.fullmatch(line):
                raise MalformedError(f"no chunk size: {line[:100]!r}")
            size = int(line.split(b";")[0], 16)
            rest = rest[at + 2 + size + 2 :]
            if not size:
                return rest
    return b""
