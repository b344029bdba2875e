"""Frames on a socket: one byte for the kind, four for the length, then the payload."""

import socket
import struct
from enum import Enum

_HEADER = struct.Struct(">cI")
READ_BYTES = 1 << 16


class FrameType(Enum):
    """What is said. To a worker: QUERY and CHANGE; by it: READY, then for each query ANSWER, or HEAD, CHUNKs and END,
    or ERROR.

    To the zygote: CHANGE, READY, FORK and REAP; by it: READY when all before it is done, FORK with a descriptor, and
    REAP with how a worker ended.
    """

    QUERY = b"Q"
    CHANGE = b"D"
    FORK = b"F"
    REAP = b"W"
    READY = b"R"
    ANSWER = b"A"
    HEAD = b"H"
    CHUNK = b"C"
    END = b"E"
    ERROR = b"X"


_FRAMES = {frame.value: frame for frame in FrameType}


def encode_frame(frame: FrameType, payload: bytes = b"") -> bytes:
    """The frame as it is sent."""
    return _HEADER.pack(frame.value, len(payload)) + payload


class FrameReader:
    """What has come from one socket, cut into frames."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._buffer = bytearray()

    def wait(self) -> tuple[FrameType, bytes]:
        """The next frame. Raises EOFError when the other side is gone, TimeoutError where the socket has a limit."""
        while (found := self.next()) is None:
            self.fill()
        return found

    def next(self) -> tuple[FrameType, bytes] | None:
        """The next frame, if it has come whole."""
        if len(self._buffer) < _HEADER.size:
            return None
        kind, length = _HEADER.unpack_from(self._buffer)
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return _FRAMES[kind], payload

    def fill(self, flags: int = 0) -> None:
        """Take what is there, or wait for it. Raises EOFError, or BlockingIOError with MSG_DONTWAIT."""
        try:
            data = self._source.recv(READ_BYTES, flags)
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        self._buffer += data
