"""One request and its response, in uvicorn's sense of a cycle: how a response is sent.

Large parts of a body leave in slices, so that an unread response fills a small buffer only. Knows of its connection
whether the body of the request is still to come.
"""

from typing import Protocol, cast

from uvicorn._types import ASGISendEvent, HTTPResponseBodyEvent
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from api.http.write_buffer import BUFFER_MAX_BYTES


class BodyReceiver(Protocol):
    """A connection as seen from here."""

    def is_receiving(self, cycle: RequestResponseCycle) -> bool:
        """Whether the body of this request is still to come."""
        ...

    def close_after_body(self) -> None:
        """End the connection when the rest of the request has arrived, or does not arrive in time."""
        ...


class ResponseCycle(RequestResponseCycle):
    """uvicorn's cycle of one request, which sends large parts of a body in slices, each when there is room for it."""

    receiver: BodyReceiver

    async def send(self, message: ASGISendEvent) -> None:
        if message["type"] == "http.response.start":
            # Without our 100, the client may or may not send the body: what follows cannot be told apart.
            if self.waiting_for_100_continue:
                self.keep_alive = False
            await super().send(message)
            return
        part = cast(HTTPResponseBodyEvent, message)
        body, has_more = part.get("body", b""), part.get("more_body", False)
        for start in range(0, len(body) - BUFFER_MAX_BYTES, BUFFER_MAX_BYTES):
            piece = body[start : start + BUFFER_MAX_BYTES]
            await super().send({"type": "http.response.body", "body": piece, "more_body": True})
        rest = len(body) % BUFFER_MAX_BYTES or min(len(body), BUFFER_MAX_BYTES)
        if not has_more and not self.keep_alive and self.receiver.is_receiving(self):
            # Closing now would reset the connection, and the response with it.
            self.keep_alive = True
            self.receiver.close_after_body()
        await super().send({"type": "http.response.body", "body": body[len(body) - rest :], "more_body": has_more})
