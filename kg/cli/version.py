"""Versions of the data as the command line accepts them: a number, or as answers name it (``7-5f1c02ab34cd``)."""

from pathlib import Path

from kg.data_directory import JOURNAL
from kg.errors import BadParameterError, StoreError
from kg.journal.journal import read_records
from kg.settings import Settings


def find_journal(settings: Settings) -> Path:
    """The journal of the data directory. Raises StoreError if there is none."""
    if settings.store:
        raise StoreError("a remote engine has no journal; only the embedded store records its commits")
    journal = settings.data_dir / JOURNAL
    if not journal.is_dir():
        raise StoreError(f"{settings.data_dir} has no journal: it has no data yet, or is of an older version")
    return journal


def find_version(journal: Path, text: str, parameter: str) -> int:
    """The number of a version that is in the journal; 0 is before the first. Raises BadParameterError."""
    number, _, digest = text.partition("-")
    if not number.isascii() or not number.isdigit():
        raise BadParameterError(parameter, "is a number, such as 7, or a version as answers name it: 7-5f1c02ab34cd")
    version = int(number)
    if not version:
        return 0
    record = next(read_records(journal, version - 1), None)
    if record is None:
        raise BadParameterError(parameter, f"the journal has no version {version}")
    if digest and not record.digest.startswith(digest):
        raise BadParameterError(parameter, f"version {version} of this data is {record.dataset_version}, not {text}")
    return version
