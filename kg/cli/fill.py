"""``kg fill``: write offsets and hashes of quotes into dossiers that have only the words.

The files are written here, from edits that the sandboxed ingest process has returned.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kg.cli.graph_access import open_sandbox
from kg.cli.options import with_settings
from kg.document_calls import DocumentFile, create_call, read_files
from kg.errors import Finding, InputRejectedError, SourceLocation
from kg.execution.error_codec import decode_finding
from kg.ingest.text_edits import TextEdit, apply_edits
from kg.rdf_reader import BYTE_ORDER_MARK
from kg.settings import Settings
from kg.writer import COMPLETE_QUOTES


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="List the quotes that are found, and write nothing.")
@with_settings
def fill(files: tuple[Path, ...], dry_run: bool, settings: Settings) -> None:
    """Complete the quotes of the dossiers FILES: find their words in the archived text of their source.

    A quote may have only its words, as in quote: {exact: shelled}. The offsets of the sentence around them, and its
    hash, are written into the file; nothing else in it changes. Words that are missing, or are in several sentences,
    are reported; the command then exits with 1, after it has written the others.
    """
    documents = read_files(files)
    findings: list[Finding] = []
    for document, completed in zip(documents, _complete(documents, settings), strict=True):
        for line in completed["shown"]:
            click.echo(line)
        if completed["edits"] and not dry_run:
            _write(document, [TextEdit(**edit) for edit in completed["edits"]])
        findings += map(decode_finding, completed["findings"])
        count = len(completed["shown"])
        done = "found" if dry_run else "completed"
        click.echo(f"{document.name}: {count} quote{'' if count == 1 else 's'} {done}", err=True)
    if findings:
        raise InputRejectedError(findings)


def _complete(documents: list[DocumentFile], settings: Settings) -> list[Mapping[str, Any]]:
    with open_sandbox(settings) as sandbox:
        result = sandbox.ingest(create_call(COMPLETE_QUOTES, documents, {}))
        b"".join(result)
        return list(result.properties["files"])


def _write(document: DocumentFile, edits: list[TextEdit]) -> None:
    """Replace the file by the edited one in one step. Raises InputRejectedError if it has changed since it was read."""
    path = Path(document.name).resolve()
    if path.read_bytes() != document.content:
        location = SourceLocation(document.name)
        raise InputRejectedError([Finding("the file has changed meanwhile", "Run the command again.", location)])
    mark = BYTE_ORDER_MARK if document.content.startswith(BYTE_ORDER_MARK) else b""
    text = document.content.removeprefix(mark).decode()
    edited = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        edited.write_bytes(mark + apply_edits(text, edits).encode())
        shutil.copymode(path, edited)
        edited.replace(path)
    finally:
        edited.unlink(missing_ok=True)
