"""The protocol class of the server: uvicorn's, bounded in whatever a client sends, does not send or does not read.

Heads have a size and are checked before any routing. Heads, bodies and responses make progress, or the connection ends.
A response that is not read fills a small buffer; pipelined requests wait unparsed. Which connections there may be, and
when their limits are looked at, is for ``api.http.connections``.
"""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import httptools
from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from api.http.client_key import share_key
from api.http.connections import Connections, Phase
from api.http.progress import Progress
from api.http.request_head import NO_TARGET, Refusal, RequestTarget
from api.http.response_cycle import ResponseCycle
from api.http.write_buffer import BUFFER_MAX_BYTES, CoalescingTransport
from kg.settings import Settings

CONNECTIONS = "connections"
"""The name of the ``Connections`` in the state that the application's lifespan yields."""
DISCARDED_MAX_BYTES = 64_000_000
"""A body that the application does not read is received up to here: many clients see no response before all is sent."""
_DISCARDING_PAUSE_S = 0.01
"""After each packet of it, since a client that sends as fast as it can would otherwise fill the event loop."""
_PIECE_BYTES = 4096
"""Of what is parsed at once where heads are expected, so that a packet of many requests stays a packet."""
_HELD_MAX_BYTES = 1_000_000
_FRAMING_MAX_BYTES = 65_536
_CLOSING_MAX_S = 2.0
"""How long a connection that was told to end may take."""

_BUSY = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections; try again").to_bytes()
_MALFORMED = Refusal(HTTPStatus.BAD_REQUEST, "this is not a request of HTTP/1.1")
_TOO_LARGE = Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too large; send a long query by POST")
_TOO_MANY = Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head has too many fields")
_URI_TOO_LONG = Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "the address is too long; send a long query by POST")
_TIMEOUT = Refusal(HTTPStatus.REQUEST_TIMEOUT, "the request was not complete in time")


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a CoalescingTransport, within the limits of the settings."""

    transport: CoalescingTransport  # type: ignore[assignment]
    cycle: ResponseCycle

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        if CONNECTIONS not in app_state:
            app_state[CONNECTIONS] = Connections(Settings())
        self._table: Connections = app_state[CONNECTIONS]
        self._settings = self._table.settings
        self._head_max_bytes = self._settings.head_max_kb * 1000
        self.share_key = ""
        self.is_exempt = False
        self._is_closing = self._is_in_head = self._is_in_body = False
        self._head_bytes = self._body_bytes = self._framing_bytes = self._body_left = 0
        self._held = b""
        self._active: RequestResponseCycle | None = None
        """The cycle whose response is next or in progress; ``cycle`` is that of the latest request."""
        self._since = self._body_since = self.loop.time()
        self._received = Progress(self._settings)
        self._sent = Progress(self._settings)

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, CoalescingTransport(transport, self.loop)))
        peer = self.client[0] if self.client else ""
        self.share_key, self.is_exempt = share_key(peer), self._table.keys.is_proxy(peer)
        transport.set_write_buffer_limits(high=BUFFER_MAX_BYTES)
        if not self._table.admit(self):
            self._is_closing = True
            self.transport.write(_BUSY)
            if self._table.may_linger(self):
                # Closing now would reset a connection whose request is on its way, and the response with it.
                self.transport.write_eof()
                self.loop.call_later(_CLOSING_MAX_S, self.transport.abort)
            else:
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._table.remove(self)
        self._is_closing, self._held = True, b""
        self.pipeline.clear()
        self._disconnect_active()
        super().connection_lost(exc)

    def _disconnect_active(self) -> None:
        """Tell the application, which waits for a body or sends a response, that the client is gone."""
        if self._active is not None and not self._active.response_complete:
            self._active.disconnected = True
            self._active.message_event.set()

    def abort(self) -> None:
        """End the connection at once; what is not sent yet is lost."""
        self._is_closing = True
        self.transport.abort()

    def shutdown(self) -> None:
        """End the connection, after the response if one is in progress."""
        active = self._running_cycle()
        if active is not None and self.phase is not Phase.BODY:
            self.pipeline.clear()
            self._is_closing, self._held, active.keep_alive = True, b"", False
        elif self.transport.get_write_buffer_size():
            self.transport.close()
        else:
            self.abort()

    def close_after_body(self) -> None:
        """End the connection when the rest of the request has arrived, or does not arrive in time."""
        self._is_closing, self._since = True, self.loop.time()
        self.loop.call_soon(self.transport.write_eof)

    def is_receiving(self, cycle: RequestResponseCycle) -> bool:
        """Whether the body of this request is still to come."""
        return self._is_in_body and cycle is self.cycle

    def _reject(self, refusal: Refusal) -> None:
        """Answer what is no request, unless a response is in progress, and end the connection."""
        if self._is_closing:
            return
        self._table.rejected[refusal.status] += 1
        self._is_closing, self._since, self._held = True, self.loop.time(), b""
        self.pipeline.clear()
        active = self._running_cycle()
        if active is None or (self.is_receiving(active) and not active.response_started):
            self._disconnect_active()
            self.transport.write(refusal.to_bytes())
            self.transport.write_eof()
        elif self.is_receiving(active):
            self.abort()
        else:
            active.keep_alive = False
        self._is_in_head = self._is_in_body = False

    def _running_cycle(self) -> RequestResponseCycle | None:
        """The cycle whose response is not complete."""
        active = self._active
        return None if active is None or active.response_complete or active.disconnected else active

    # Time limits

    @property
    def phase(self) -> Phase:
        """What the connection waits for."""
        active = self._running_cycle()
        if active is not None:
            is_unfinished = self._is_in_body and not self.pipeline and not self.flow.read_paused
            if is_unfinished and not active.response_started:
                return Phase.BODY
            return Phase.UNREAD if self.flow.write_paused else Phase.WORKING
        if self._is_closing:
            return Phase.CLOSING
        if self._is_in_body:
            return Phase.BODY
        if self._is_in_head or self._active is None:
            return Phase.HEAD
        return Phase.UNREAD if self.flow.write_paused else Phase.IDLE

    @property
    def since(self) -> float:
        """When the current request or pause began."""
        return self._since

    def end_if_late(self, now: float) -> str:
        """End the connection if it kept the server waiting for too long; the reason."""
        unsent = self.transport.get_write_buffer_size()
        if self._sent.is_stalled(now, self.transport.written - unsent, is_expected=unsent > 0):
            self.abort()
            return "response"
        phase = self.phase
        is_body_stalled = self._received.is_stalled(now, self._body_bytes, is_expected=phase is Phase.BODY)
        if phase is Phase.CLOSING and not unsent and now - self._since > _CLOSING_MAX_S:
            self.abort()
            return ""
        if phase is Phase.IDLE and not unsent and now - self._since > self._settings.idle_timeout_s:
            self.transport.close()
            return "idle"
        if phase is Phase.HEAD and now - self._since > self._settings.head_timeout_s:
            self._end_unfinished(has_begun=self._is_in_head)
            return "head"
        if phase is Phase.BODY and (is_body_stalled or now - self._body_since > self._settings.body_timeout_s):
            self._end_unfinished(has_begun=self._running_cycle() is not None)
            return "body"
        return ""

    def _end_unfinished(self, *, has_begun: bool) -> None:
        if has_begun:
            self._reject(_TIMEOUT)
        else:
            self.abort()

    # Bytes of the client

    def data_received(self, data: bytes) -> None:
        if self._is_closing and not self._is_in_body:
            return
        if self._held:
            self._held += data
            self.flow.pause_reading()
            if len(self._held) > _HELD_MAX_BYTES:
                self._reject(_MALFORMED)
            return
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        """Parse in pieces; what follows a request that waits for its turn is held unparsed."""
        start = 0
        while start < len(data):
            if self.pipeline and not self._is_in_body:
                self._held = data[start:]
                self.flow.pause_reading()
                return
            piece = data[start : start + self._piece_size()] if len(data) > _PIECE_BYTES else data
            start += len(piece)
            if not self._parse_piece(piece):
                return

    def _piece_size(self) -> int:
        return max(_PIECE_BYTES, self._body_left) if self._is_in_body else _PIECE_BYTES

    def _parse_piece(self, piece: bytes) -> bool:
        """Whether parsing goes on."""
        body_bytes = self._body_bytes
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            # The request itself is answered as if no upgrade had been asked for (RFC 9110, section 7.8).
            self._is_closing, self._since = True, self.loop.time()
            self.cycle.keep_alive = False
            return False
        except httptools.HttpParserError:
            self._reject(_MALFORMED)
            return False
        if self._is_in_head:
            self._head_bytes += len(piece)
            if self._head_bytes > self._head_max_bytes:
                self._reject(_TOO_LARGE if self.headers or len(self.url) < _PIECE_BYTES else _URI_TOO_LONG)
        elif self._is_in_body and self._body_bytes >= body_bytes:  # else another request has begun
            self._framing_bytes += len(piece) - (self._body_bytes - body_bytes)
            if self._framing_bytes > _FRAMING_MAX_BYTES + 8 * self._body_bytes:
                self._reject(_MALFORMED)
        return not (self._is_closing and not self._is_in_body)

    # Callbacks of the parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_in_head:  # trailers are dropped
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head, self._is_in_body = False, True
        self._body_bytes = self._framing_bytes = self._body_left = 0
        method, version = self.parser.get_method(), self.parser.get_http_version()
        self.scope["method"], self.scope["http_version"] = method.decode("ascii"), version
        refusal = self._read_head(method, version)
        if refusal is not None:
            self._table.rejected[refusal.status] += 1
        cycle = self._create_cycle(keep_alive=refusal is None and version != "1.0" and self.parser.should_keep_alive())
        app = self.app if refusal is None else refusal
        previous, self.cycle = self.cycle, cycle
        if previous is None or previous.response_complete:
            self._start_asgi_task(cycle, app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, app))

    def _read_head(self, method: bytes, version: str) -> Refusal | None:
        """Put the target of the request and its client into the scope, and check the whole head."""
        scope = self.scope
        scope["path"], scope["raw_path"], scope["query_string"] = "/", b"/", b""
        if len(self.headers) > self._settings.head_max_fields:
            return _TOO_MANY
        target = RequestTarget.parse(self.url)
        authority = target.authority if target is not None else None
        if refusal := self._table.check_head(method, version, self.headers, authority):
            return refusal
        if target is None:
            return NO_TARGET
        if refusal := target.refusal(method):
            return refusal
        if authority is not None:
            self.headers[:] = [
                (name, authority if name == b"host" else value) for name, value in self.headers
            ]  # RFC 9112, section 3.2.2
        scope["path"] = self.root_path + target.path
        scope["raw_path"] = self.root_path.encode("ascii") + target.raw_path
        scope["query_string"] = target.query
        self._name_client(scope)
        return None

    def _name_client(self, scope: HTTPScope) -> None:
        key = self.share_key
        if self.is_exempt and self.client:
            key = self._table.keys.forwarded_key(self.client[0], self.headers)
        scope["client_key"] = key  # type: ignore[typeddict-unknown-key]

    def _create_cycle(self, *, keep_alive: bool) -> ResponseCycle:
        cycle = ResponseCycle(
            scope=self.scope,
            transport=cast(asyncio.Transport, self.transport),
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.receiver = self
        self._body_since = self._since
        for name, value in self.headers:
            if name in (b"content-length", b"transfer-encoding"):
                self._received.restart()
                self._body_since = self.loop.time()
                self._body_left = int(value) if value.isdigit() else 0
        return cycle

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._body_left = max(0, self._body_left - len(body))
        if self.cycle.response_complete:
            if self._body_bytes > DISCARDED_MAX_BYTES:
                self.abort()
            elif not self.flow.read_paused:
                self.flow.pause_reading()
                self.loop.call_later(_DISCARDING_PAUSE_S, self._resume_reading)
            return
        self.cycle.body += body
        if len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        self.cycle.message_event.set()

    def _resume_reading(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def on_message_complete(self) -> None:
        self._is_in_body = False
        self._since = self.loop.time()
        if self.cycle.response_complete:
            if self._is_closing:
                self.transport.close()
            return
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        self.transport.flush()
        self.server_state.total_requests += 1
        self._since = self.loop.time()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        if self._held and not self.pipeline:
            held, self._held = self._held, b""
            self._parse(held)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._active = cycle
        client = str(cycle.scope.get("client_key", self.share_key))
        self._table.turns.take(client, partial(self._run_asgi, cycle, app))

    def _run_asgi(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if not cycle.disconnected:
            super()._start_asgi_task(cycle, app)
