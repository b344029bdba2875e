"""A committed change as bytes on the way to the processes that hold the graph, and the ones they still have to see."""

from collections import deque

import pyoxigraph as ox

from kg.execution.framing import FrameType, encode_frame
from kg.store.interface import Change

_LENGTH_BYTES = 8


def encode_change(change: Change) -> bytes:
    """The change as one frame; blank nodes keep their labels."""
    removed = ox.serialize(change.removed, format=ox.RdfFormat.N_QUADS) or b""
    added = ox.serialize(change.added, format=ox.RdfFormat.N_QUADS) or b""
    return encode_frame(FrameType.CHANGE, len(removed).to_bytes(_LENGTH_BYTES, "big") + removed + added)


def apply_change(engine: ox.Store, payload: bytes) -> None:
    """Make the change that the payload of such a frame tells; making it twice does no harm."""
    start = _LENGTH_BYTES + int.from_bytes(payload[:_LENGTH_BYTES], "big")
    for quad in ox.parse(payload[_LENGTH_BYTES:start], format=ox.RdfFormat.N_QUADS):
        engine.remove(quad)
    engine.extend(ox.parse(payload[start:], format=ox.RdfFormat.N_QUADS))


class ChangeLog:
    """The changes since some version, each one version; for use under one lock."""

    def __init__(self) -> None:
        self._first = 1
        self._frames: deque[bytes] = deque()

    @property
    def version(self) -> int:
        """The version that all the changes lead to."""
        return self._first + len(self._frames) - 1

    def append(self, frame: bytes) -> None:
        """One more version."""
        self._frames.append(frame)

    def skip(self) -> None:
        """One more version, of which nothing is known: what is older cannot be brought up to date any more."""
        self._first = self.version + 2
        self._frames.clear()

    def reaches(self, version: int) -> bool:
        """Whether what is at ``version`` can be brought up to date."""
        return version >= self._first - 1

    def since(self, version: int) -> bytes:
        """The frames that bring what is at ``version`` up to date."""
        behind = self.version - version
        if not behind:
            return b""
        return b"".join(list(self._frames)[-behind:])

    def forget(self, version: int) -> None:
        """Nothing at less than ``version`` is left to be brought up to date."""
        while self._first <= version and self._frames:
            self._frames.popleft()
            self._first += 1
