"""Loads of files that are too large for memory: which files these are, and how they are loaded as one commit.

Owns the folder of a load in the data directory, which is removed with it, or when the directory is opened again.
The files are prepared by ``kg.ingest.bulk`` in the ingest worker, and committed by ``kg.writer``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Any, Self

from kg.data_directory import BULK
from kg.document_calls import create_call, read_files
from kg.errors import Finding, StoreError
from kg.execution.error_codec import decode_finding
from kg.execution.interface import Call
from kg.ingest.bulk.graph_counts import GraphCounts
from kg.ingest.bulk.large_file import SYNTAXES
from kg.ingest.bulk.progress import ProgressFile
from kg.journal.record import Provenance
from kg.locked_folder import create_locked_folder, remove_abandoned
from kg.settings import Settings
from kg.writer import PLAN_BULK_LOAD, Writer


@dataclass(frozen=True, slots=True)
class BulkReport:
    """What a bulk load has changed, or would change, by home graph, and the warnings about it."""

    graphs: tuple[GraphCounts, ...]
    warnings: tuple[Finding, ...]
    requests: int = 0
    """To a remote engine; several are no transaction together."""

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Self:
        """The report with these members, which are JSON values."""
        graphs = tuple(GraphCounts(**graph) for graph in members["graphs"])
        return cls(graphs, tuple(map(decode_finding, members["warnings"])), members.get("requests", 0))

    def members(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {"graphs": list(map(asdict, self.graphs)), "warnings": list(map(asdict, self.warnings))}


def needs_bulk_load(files: Sequence[Path], settings: Settings) -> bool:
    """Whether the files that can be read as streams are so large together that they are."""
    size = sum(file.stat().st_size for file in files if _is_stream(file) and file.is_file())
    return size > settings.bulk_load_mb * 1_000_000


@contextmanager
def create_folder(settings: Settings) -> Iterator[Path]:
    """A folder for one load, which reports there how far it is. Raises StoreError."""
    parent = settings.data_dir / BULK
    with ExitStack() as stack:
        try:
            parent.mkdir(mode=0o700, parents=bool(settings.store), exist_ok=True)
            if settings.store:  # nobody has the data directory open, so nobody else removes them
                remove_abandoned(parent)
            folder = stack.enter_context(create_locked_folder(parent))
        except OSError as error:
            raise StoreError(f"{settings.data_dir}: {error.strerror}") from error
        yield folder


def load_in_bulk(
    writer: Writer, files: Sequence[Path], folder: Path, provenance: Provenance, *, dry_run: bool = False
) -> BulkReport:
    """Load the documents in the files, each replacing its home graphs, all or none.

    For the owner of the data: neither time nor size are limited, and memory is as for any write. Raises
    InputRejectedError with findings, IngestLimitError, WritingStoppedError or StoreError; then nothing has changed.
    """
    call = create_plan_call(files, folder, dry_run=dry_run)
    return BulkReport.from_members(writer.write_staged(call, folder, provenance, ProgressFile(folder).report))


def create_plan_call(files: Sequence[Path], folder: Path, *, dry_run: bool) -> Call:
    """The call that prepares the load. Raises InputRejectedError for files that cannot be read."""
    large = [file.resolve() for file in files if _is_stream(file)]
    others = read_files([file for file in files if not _is_stream(file)])
    arguments = {"large": list(map(str, large)), "folder": str(folder), "dry_run": dry_run}
    return create_call(PLAN_BULK_LOAD, others, arguments, inf)


def _is_stream(file: Path) -> bool:
    return file.suffix.lower() in SYNTAXES
