"""Frames on a pipe: one byte for the kind, four for the length, then the payload."""

import struct
from enum import Enum
from typing import IO

HEADER = struct.Struct(">cI")


class Frame(Enum):
    """What a worker says."""

    READY = b"R"
    HEAD = b"H"
    CHUNK = b"C"
    END = b"E"
    ERROR = b"X"


def written(output: IO[bytes], frame: Frame, payload: bytes) -> None:
    """Send one frame, whole."""
    output.write(HEADER.pack(frame.value, len(payload)) + payload)
    output.flush()


def read_exactly(source: IO[bytes], length: int) -> bytes:
    """That many bytes, or none at the end of the source."""
    data = source.read(length)
    return data if len(data) == length else b""
