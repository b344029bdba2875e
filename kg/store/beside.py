"""A copy of a store on disk in which a change is made while the store itself is read; then it becomes the store.

Owns the two renames by which it does, and what an interruption between them leaves. Until then the store is as it was.
"""

from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree

from kg.journal.segment import sync_directory
from kg.store.engine import open_engine
from kg.store.transaction import write_parts

_REPLACED = ".replaced"


def change_copy(copy: Path, parts: Iterable[tuple[bytes, bytes]]) -> None:
    """Make the change in the copy, which has reached the disk then. Raises StoreError, or what the engine raises."""
    engine = open_engine(copy)
    write_parts(engine, parts)
    engine.flush()


def replace_store(directory: Path, copy: Path) -> None:
    """Let the copy be the store in the directory, which nobody may have open. Raises OSError; then nothing is lost."""
    replaced = directory.with_name(f"{directory.name}{_REPLACED}")
    directory.rename(replaced)
    copy.rename(directory)
    sync_directory(directory.parent)
    rmtree(replaced, ignore_errors=True)


def finish_replacement(directory: Path) -> None:
    """Finish what was interrupted, or take it back: the journal has the change, whichever copy is there."""
    replaced = directory.with_name(f"{directory.name}{_REPLACED}")
    if not replaced.exists():
        return
    if directory.exists():
        rmtree(replaced, ignore_errors=True)
    else:
        replaced.rename(directory)
