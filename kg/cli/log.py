"""``kg log``: the commits of the journal, newest first, or one of them as RDF Patch."""

import json
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

import click

from kg.cli.options import with_settings
from kg.cli.version import find_journal, find_version
from kg.errors import StoreError
from kg.journal.journal import read_records
from kg.journal.record import Record
from kg.settings import Settings


@click.command()
@click.option("--max-count", "-n", type=click.IntRange(min=0), help="The newest so many.")
@click.option("--since", metavar="VERSION", default="0", help="Only what was committed after this version.")
@click.option("--graph", metavar="IRI", help="Only what changed this graph: an IRI, or the name of a home graph.")
@click.option("--patch", metavar="VERSION", help="Print what this commit removed and added, as RDF Patch.")
@click.option("--json", "as_json", is_flag=True, help="Print the commits as JSON.")
@with_settings
def log(
    max_count: int | None, since: str, graph: str | None, patch: str | None, as_json: bool, settings: Settings
) -> None:
    """Print who committed what, when and why, newest first.

    Reads the journal in the data directory, also while a server has it open. A VERSION is a number, such as 7, or a
    version as answers name it, such as 7-5f1c02ab34cd.
    """
    journal = find_journal(settings)
    if patch is not None:
        version = find_version(journal, patch, "--patch")
        record = next(read_records(journal, version - 1), None) if version else None
        if record is None:
            raise StoreError("version 0 is before the first commit")
        sys.stdout.buffer.writelines(_to_patch(record))
        return
    name = graph if graph is None or ":" in graph else f"{settings.base_iri}graph/{graph}"
    records = read_records(journal, find_version(journal, since, "--since"))
    # Summaries only: a commit may have millions of rows.
    matching = (_summarize(record) for record in records if name is None or name in record.entry.graphs)
    newest_first = reversed(deque(matching, max_count))
    if as_json:
        click.echo(json.dumps(list(newest_first), indent=2, ensure_ascii=False))
        return
    for number, summary in enumerate(newest_first):
        click.echo("\n" * bool(number) + _format(summary))


def _summarize(record: Record) -> dict[str, Any]:
    entry, provenance = record.entry, record.entry.provenance
    return {
        "version": record.dataset_version,
        "digest": record.digest,
        "previous": record.previous,
        "time": entry.time,
        "agent": provenance.agent,
        "operation": provenance.operation,
        "reason": provenance.reason,
        "graphs": list(entry.graphs),
        "created": list(entry.created),
        "dropped": list(entry.dropped),
        "added": record.added_count,
        "removed": record.removed_count,
        "redacted": record.redacted,
    }


def _format(summary: dict[str, Any]) -> str:
    """As ``git log`` writes a commit."""
    redacted = f", {summary['redacted']} rows redacted" if summary["redacted"] else ""
    lines = [
        f"version {summary['version']}",
        f"Agent:     {summary['agent'] or 'unknown'}",
        f"Date:      {summary['time']}",
        f"Operation: {summary['operation']}, +{summary['added']} -{summary['removed']} quads{redacted}",
        *(f"Graph:     {graph}" for graph in summary["graphs"]),
        *(["", *(f"    {line}" for line in summary["reason"].splitlines())] if summary["reason"] else []),
    ]
    return "\n".join(lines)


def _to_patch(record: Record) -> Iterator[bytes]:
    """The commit in RDF Patch (https://afs.github.io/rdf-patch/), which has no words for graphs without a quad."""
    entry = record.entry
    yield b"H version %b .\n" % json.dumps(record.dataset_version).encode()
    yield b"H previous %b .\n" % json.dumps(record.previous).encode()
    yield b"TX .\n"
    for comment, graphs in (("graph created", entry.created), ("graph dropped", entry.dropped)):
        yield from (f"# {comment}: <{graph}>\n".encode() for graph in graphs)
    if record.redacted:
        yield f"# {record.redacted} rows were redacted\n".encode()
    for removed, added in record.parts():
        for verb, lines in ((b"D ", removed), (b"A ", added)):
            yield from (verb + line + b"\n" for line in lines.split(b"\n")[:-1])
    yield b"TC .\n"
