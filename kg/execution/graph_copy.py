"""The graph as a process has it: a copy for itself, of which it knows the version of the data.

Owns how a commit is sent to it. Because a copy names its version, so does each answer that is computed over it.
"""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.execution.framing import HEAD_END, FrameType, encode_frame
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore


@dataclass
class GraphCopy:
    """A copy of the graph in this process; ``version`` as in ``kg.store.interface.Store``."""

    engine: ox.Store
    version: str = ""

    def apply(self, payload: bytes) -> None:
        """Make the commit of a frame, unless the copy was made after it: it would bring back what was removed since."""
        version, _, change = payload.partition(HEAD_END)
        if _number(version.decode()) > _number(self.version):
            Change.from_bytes(change).apply_to(self.engine)
            self.version = version.decode()

    def to_store(self, *, union: bool) -> EmbeddedStore:
        """The copy as procedures see it."""
        return EmbeddedStore.of_copy(self.engine, union=union, version=self.version)


def encode_change(change: Change, version: str) -> bytes:
    """The commit that leads to this version as one frame."""
    return encode_frame(FrameType.CHANGE, version.encode() + HEAD_END + change.to_bytes())


def _number(version: str) -> int:
    """Versions start with their number (``kg.journal.record.format_version``)."""
    return int(version.partition("-")[0] or 0)
