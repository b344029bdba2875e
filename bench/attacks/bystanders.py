"""Well-behaved clients from 127.0.0.1 on connections they keep, at a steady pace, and the times of their responses."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

_TIMEOUT_S = 20.0
_INTERVALS_S = {"healthz": 0.02, "look-up": 0.02, "page": 0.25, "new": 0.25}
"""Seconds from one request to the next, by kind; "new" is /healthz on a new connection."""


@dataclass(slots=True)
class Times:
    """Seconds of the responses of each kind of request, and the errors."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in _INTERVALS_S})
    errors: list[str] = field(default_factory=list)

    @property
    def error_share(self) -> float:
        """Of all requests, those without a response of status 200."""
        return len(self.errors) / max(1, len(self.errors) + sum(map(len, self.seconds.values())))

    def quantile_ms(self, kind: str, share: float) -> float:
        """A quantile in milliseconds; infinity without any response."""
        values = sorted(self.seconds[kind])
        return values[min(len(values) - 1, int(len(values) * share))] * 1e3 if values else float("inf")


async def observe(port: int, iris: Sequence[str], page: str, seconds: float) -> Times:
    """Send all kinds of requests for so long."""
    times = Times()
    look_ups = (f"/sparql?{urlencode({'query': f'SELECT * {{ <{iri}> ?p ?o }}'})}" for iri in itertools.cycle(iris))
    health = itertools.repeat("/healthz")
    paths = {"healthz": health, "look-up": look_ups, "page": itertools.repeat(page), "new": health}
    end = time.monotonic() + seconds
    await asyncio.gather(*(_request(port, kind, paths[kind], end, times) for kind in _INTERVALS_S))
    return times


async def _request(port: int, kind: str, paths: Iterator[str], end: float, times: Times) -> None:
    """One client; a request that is late delays the next, and each waits in vain for no longer than _TIMEOUT_S."""
    writer: asyncio.StreamWriter | None = None
    accept = "text/html" if kind == "page" else "application/sparql-results+json, */*;q=0.1"
    try:
        while (started := time.monotonic()) < end:
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    if writer is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
                    head = f"GET {next(paths)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {accept}\r\n\r\n"
                    writer.write(head.encode())
                    status = await _read(reader)
                if status == 200:
                    times.seconds[kind].append(time.monotonic() - started)
                else:
                    times.errors.append(f"{kind}: status {status}")
            except (OSError, TimeoutError, EOFError, ValueError) as error:
                times.errors.append(f"{kind}: {error!r}")
                if isinstance(error, TimeoutError):
                    times.seconds[kind].append(time.monotonic() - started)
                if writer is not None:
                    writer.transport.abort()
                writer = None
            if kind == "new" and writer is not None:
                writer.transport.abort()
                writer = None
            await asyncio.sleep(max(0.002, started + _INTERVALS_S[kind] - time.monotonic()))
    finally:
        if writer is not None:
            with suppress(OSError):
                writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> int:
    """The status of a response, once its body is read. Raises EOFError or ValueError."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    else:
        await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
    return status
