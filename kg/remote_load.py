"""Loads of large files into a remote engine: planned over a copy of what it has, and sent in parts.

The plan is that of any load of large files (``kg.bulk_load``), so the whole graph is judged as it would be before the
first part is sent. The parts are no transaction together: the change is kept in the data directory until the last one
is sent, and whoever opens the engine next from there completes it first.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kg.bulk_load import BulkReport, create_plan_call
from kg.errors import StoreError, WritingStoppedError
from kg.execution.ingest_process import IngestProcess
from kg.execution.interface import Result
from kg.ingest.bulk.progress import ProgressFile
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.remote import RemoteStore
from kg.store.staged_change import StagedChange
from kg.validation.second_judge import Opinion, SecondOpinion
from kg.write_gate import Disagreement, WriteGate

_COPY, _WORKERS, _CHANGE = "copy", "workers", "change.json"
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
    kept = _keep(change, settings)
    requests = store.commit_staged(kept, progress.report)
    shutil.rmtree(kept.folder)
    return replace(report, requests=requests)


def complete_interrupted_load(store: RemoteStore, settings: Settings) -> bool:
    """Send what was not sent of a load into this engine; whether there was one. Raises StoreError."""
    folder = _folder_of_change(settings)
    if not (folder / _CHANGE).exists():
        return False
    members = json.loads((folder / _CHANGE).read_text(encoding="utf-8"))
    store.commit_staged(StagedChange.from_members({**members, "folder": str(folder)}))
    shutil.rmtree(folder)
    return True


def _keep(change: StagedChange, settings: Settings) -> StagedChange:
    """The change, durably where ``complete_interrupted_load`` finds it. Raises StoreError."""
    folder = _folder_of_change(settings)
    try:
        shutil.rmtree(folder, ignore_errors=True)  # what another engine at this address had, or no change
        folder.mkdir(mode=0o700)
        kept = replace(change, folder=folder)
        for source, target in ((change.removed, kept.removed), (change.added, kept.added)):
            os.replace(source, target)
            _sync(target)
        staged = folder / f"{_CHANGE}.next"
        staged.write_text(json.dumps(kept.members()), encoding="utf-8")
        _sync(staged)
        os.replace(staged, folder / _CHANGE)
        _sync(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}; nothing was changed") from error
    return kept


def _folder_of_change(settings: Settings) -> Path:
    """The place in the data directory for a change of this engine that is being sent."""
    return settings.data_dir / f"sending-{sha256(settings.store.encode()).hexdigest()[:12]}"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
