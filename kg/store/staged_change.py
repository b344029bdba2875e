"""A change of the store that is too large for memory: files of quads to remove and to add, and what is in them.

Owns their form, N-Quads without blank nodes, one quad a line, and how they are read in parts. Knows no store.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from kg.journal.journal import StagedRecord

_PART_BYTES = 1_000_000
REMOVED, ADDED = "removed.nq", "added.nq"


StageProgress = Callable[[str, int, int, int], None]
"""Is told a phase, the bytes that are done and those in all, and the quads that are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedChange:
    """Two files in a folder; what is removed and what is added are disjoint, and no quad occurs twice."""

    folder: Path
    removed_count: int
    added_count: int
    graphs: tuple[str, ...]
    """IRIs of the named graphs that it touches, sorted."""

    @property
    def removed(self) -> Path:
        """The file of what is removed."""
        return self.folder / REMOVED

    @property
    def added(self) -> Path:
        """The file of what is added."""
        return self.folder / ADDED

    @property
    def count(self) -> int:
        """How many quads are removed and added."""
        return self.removed_count + self.added_count

    @property
    def size(self) -> int:
        """The bytes of both files."""
        return self.removed.stat().st_size + self.added.stat().st_size

    def parts(self, phase: str, progress: StageProgress) -> Iterator[tuple[bytes, bytes]]:
        """What is removed, and then what is added, about a megabyte of whole lines at a time."""
        size, done, quads = self.size, 0, 0
        for file in (self.removed, self.added):
            for lines in read_lines(file):
                progress(phase, done, size, quads)
                yield (lines, b"") if file == self.removed else (b"", lines)
                done += len(lines)
                quads += lines.count(b"\n")

    def members(self) -> dict[str, Any]:
        """The change as JSON values."""
        counts = {"removed_count": self.removed_count, "added_count": self.added_count}
        return {"folder": str(self.folder), **counts, "graphs": self.graphs}

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Self:
        """The change with these members."""
        return cls(**{**members, "folder": Path(members["folder"]), "graphs": tuple(members["graphs"])})


def read_lines(file: Path) -> Iterator[bytes]:
    """The file in parts of whole lines."""
    with file.open("rb") as stream:
        while lines := stream.readlines(_PART_BYTES):
            yield b"".join(lines)


@dataclass(frozen=True, slots=True)
class StagedCommit:
    """A change that only has to be committed."""

    change: StagedChange
    record: StagedRecord | None = None
    """In the journal, if the store has one."""
    copy: Path | None = None
    """A copy of the store with the change, if it is on disk."""


def no_progress(_phase: str, _done: int, _size: int, _quads: int) -> None:
    """For those who do not wait."""
