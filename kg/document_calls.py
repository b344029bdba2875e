"""Files as they are given to procedures: named, and with their contents one after the other. Reads no document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import Finding, InputRejectedError
from kg.execution.interface import Call
from kg.ingest.documents import read_bytes


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file as received; the suffix of its name names its syntax."""

    name: str
    content: bytes


def create_call(
    procedure: str, files: Sequence[DocumentFile], arguments: Mapping[str, Any], timeout_s: float | None = None
) -> Call:
    """The call of a procedure of ``kg.load_procedure`` with these files, besides its other arguments."""
    names = [{"name": file.name, "size": len(file.content)} for file in files]
    content = b"".join(file.content for file in files)
    return Call(procedure=procedure, arguments={**arguments, "files": names}, content=content, timeout_s=timeout_s)


def read_files(paths: Sequence[Path]) -> list[DocumentFile]:
    """The files at these paths. Raises InputRejectedError with a finding for each that cannot be read."""
    files: list[DocumentFile] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            files.append(DocumentFile(str(path), read_bytes(path)))
        except InputRejectedError as error:
            findings += error.findings
    if findings:
        raise InputRejectedError(findings)
    return files
