"""Frames on the sockets between the pool, its fork servers and its workers.

A frame is one byte for its type, four for the length of the payload, and the payload.
"""

import socket
import struct
from enum import Enum

_HEADER = struct.Struct(">cI")
READ_BYTES = 1 << 16

HEAD_END = b"\n"
"""Between the head and the rest in the payloads of ANSWER, CALL and CHANGE; a head contains none."""
REPLACE_WORKER = b"spent"
"""Payload of END: the worker holds more memory than it should and is to be replaced."""


class FrameType(Enum):
    """The types of frames.

    A worker receives QUERY, CALL and CHANGE. It sends READY once, then for each query or call either ANSWER, or HEAD,
    CHUNKs and END; or ERROR. A fork server receives CHANGE, READY, FORK and REAP. It sends READY when all frames before
    are processed, FORK with a descriptor, and REAP with the exit code of a worker.
    """

    QUERY = b"Q"
    CALL = b"P"
    CHANGE = b"D"
    FORK = b"F"
    REAP = b"W"
    READY = b"R"
    ANSWER = b"A"
    HEAD = b"H"
    CHUNK = b"C"
    END = b"E"
    ERROR = b"X"


_FRAME_TYPES = {frame_type.value: frame_type for frame_type in FrameType}


def encode_frame(frame_type: FrameType, payload: bytes = b"") -> bytes:
    """The bytes of a frame."""
    return _HEADER.pack(frame_type.value, len(payload)) + payload


class FrameReader:
    """Splits what is received from one socket into frames."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def read(self) -> tuple[FrameType, bytes]:
        """The next frame, waited for. Raises EOFError if the peer is gone, TimeoutError if the socket has a timeout."""
        while (frame := self.next_frame()) is None:
            self.receive()
        return frame

    def next_frame(self) -> tuple[FrameType, bytes] | None:
        """The next frame, if it has been received completely."""
        if len(self._buffer) < _HEADER.size:
            return None
        frame_type, length = _HEADER.unpack_from(self._buffer)
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return _FRAME_TYPES[frame_type], payload

    def receive(self, flags: int = 0) -> None:
        """Read from the socket once, blocking. Raises EOFError, or BlockingIOError with MSG_DONTWAIT."""
        try:
            data = self._connection.recv(READ_BYTES, flags)
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        self._buffer += data
