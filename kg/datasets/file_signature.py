"""Files that are no text: archives, workbooks and others, known by their first bytes, with what to do about them."""

from contextlib import suppress
from pathlib import Path

from kg.errors import Finding, InputRejectedError, SourceLocation

_WORKBOOK = ("a workbook of a spreadsheet program", "Save the sheet that has the rows as CSV in UTF-8.")
_PACKED = "Unpack it, and give the file in it."
_SIGNATURES = {
    b"PK\x03\x04": ("a ZIP archive", _PACKED),
    b"\x1f\x8b": ("compressed with gzip", _PACKED),
    b"BZh9": ("compressed with bzip2", _PACKED),
    b"\xfd7zXZ\x00": ("compressed with xz", _PACKED),
    b"\x28\xb5\x2f\xfd": ("compressed with Zstandard", _PACKED),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _PACKED),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _WORKBOOK,
    b"PAR1\x15": ("a Parquet file", "Export its rows as CSV in UTF-8."),
    b"%PDF-": ("a PDF", "Give the file of the data that the maker publishes."),
}
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods")
"""Of workbooks that are ZIP archives."""


def refuse_binary(path: Path) -> None:
    """Raise InputRejectedError for a file that is no text; one that cannot be opened is left to who reads it."""
    with suppress(OSError), path.open("rb") as file:
        first = file.read(max(map(len, _SIGNATURES)))
        for signature, (kind, cure) in _SIGNATURES.items():
            if first.startswith(signature):
                if path.suffix.casefold() in _WORKBOOK_SUFFIXES:
                    kind, cure = _WORKBOOK
                raise InputRejectedError([Finding(f"is {kind}, not text", cure, SourceLocation(str(path)))])
