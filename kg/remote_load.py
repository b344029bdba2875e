"""Loads of large files into a remote engine: planned over a copy of what it has, and sent in parts.

The plan is that of any load of large files (``kg.bulk_load``), so the whole graph is judged as it would be before the
first part is sent. The parts are no transaction together: what is not sent yet is kept (``kg.store.outbox``).
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.bulk_load import BulkReport, create_plan_call
from kg.errors import StoreError, WritingStoppedError
from kg.execution.ingest_process import IngestProcess
from kg.execution.interface import Result
from kg.ingest.bulk.progress import ProgressFile
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.outbox import Outbox
from kg.store.remote import RemoteStore
from kg.store.staged_change import StagedChange
from kg.validation.second_judge import Opinion, SecondOpinion
from kg.write_gate import Disagreement, WriteGate

_COPY, _WORKERS = "copy", "workers"
_REPORTED = 10_000
"""Progress is, after so many quads."""


def load_into_engine(
    store: RemoteStore,
    files: Sequence[Path],
    folder: Path,
    procedures: str,
    settings: Settings,
    gate: WriteGate,
    *,
    dry_run: bool = False,
) -> BulkReport:
    """Load the documents in the files, each replacing its home graphs.

    ``folder``: for the copy, which is on disk, and the files of the change. ``procedures``: the import string of those
    that plan. Raises InputRejectedError, IngestLimitError or WritingStoppedError, when nothing has changed, or
    StoreError, which says if something has.
    """
    gate.check()
    progress = ProgressFile(folder)
    with closing(EmbeddedStore.open(folder / _COPY)) as copy:
        _copy_quads(store, copy, progress)
        with closing(IngestProcess(copy, folder / _WORKERS, procedures, settings)) as process:
            call = create_plan_call(files, folder, dry_run=True)  # nothing is staged in the copy
            result = process.ingest(replace(call, arguments={**call.arguments, "conforms": False}))
            change, report = _read_plan(result, gate)
    if dry_run or not change.count:
        return report
    return replace(report, requests=Outbox(settings.data_dir, settings.store).send(store, change, progress.report))


def _copy_quads(store: RemoteStore, copy: EmbeddedStore, progress: ProgressFile) -> None:
    """Copy all quads, a page of them in memory. Raises StoreError if they are not all that there are."""
    total = store.count_quads()

    def read() -> Iterator[ox.Quad]:
        for number, quad in enumerate(store.quads()):
            if not number % _REPORTED:
                progress.report("reading the engine", number, total, number)
            yield quad

    copy.engine.bulk_extend(read())
    if (found := len(copy.engine)) != total:
        reason = f"{total:,} quads were counted and {found:,} read: others write to it, or it gives no stable pages"
        raise StoreError(f"the remote engine: {reason}; nothing was changed")


def _read_plan(result: Result, gate: WriteGate) -> tuple[StagedChange, BulkReport]:
    """The change and what is told of it. Raises WritingStoppedError if the engines of validation differ about it."""
    opinion = SecondOpinion.from_members(result.properties["second"], b"".join(result))
    change = StagedChange.from_members(result.properties["change"])
    if opinion.opinion is Opinion.DIFFERS:
        gate.stop(Disagreement(change, opinion.read_set, opinion.conforms, is_committed=False))
        raise WritingStoppedError(gate.reason)
    return change, BulkReport.from_members(result.properties)
