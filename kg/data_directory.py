"""What a data directory says of itself: its format and the base IRI of its data. Owns the file with it.

The base IRI is recorded when the directory is made; for one from before that, and for a remote engine, it is that of
the home graphs. Data under one base is found under no other: every page of it would be a 404.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BaseIriMismatchError, JournalCorruptError, StoreError, StoreFormatError
from kg.journal.segment import sync_directory
from kg.namespaces import HOME_GRAPH_CLASSES, value_of
from kg.settings import Settings
from kg.store.interface import Queryable, Store

FORMAT = 2
"""Since 2 a journal is part of the directory; a directory of format 1 is adopted."""
_WITHOUT_JOURNAL = 1
MANIFEST = "data-directory.json"
GRAPH_STORE = "graph"
"""The folder of the embedded store."""
JOURNAL = "journal"
"""The folder of its journal."""
WITHDRAWALS = "withdrawn.sqlite"
"""The file of withdrawn resources, made again from the journal if it is missing."""
DUMPS = "dumps"
"""The folder of the dumps, which are written again where they are missing."""
TEXT_INDEX = "text-index.sqlite"
"""The file of the text index, made again from the graph if it is missing."""
LIST_INDEX = "list-index.sqlite"
"""The file of lists, made again from the graph if it is missing."""
BULK = "bulk"
"""The folder of bulk loads, which are of no use once the process that has the directory open has ended."""

_CLASSES = " ".join(map(str, HOME_GRAPH_CLASSES))
_HOME_GRAPH = f"GRAPH ?graph {{ ?graph a ?class }} VALUES ?class {{ {_CLASSES} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The contents of the file."""

    format: int = FORMAT
    base_iri: str
    plain: bool
    """Whether it was made by ``kg serve --plain``: its data follows no shapes."""


def read_manifest(directory: Path) -> Manifest | None:
    """The manifest; None without one. Raises StoreFormatError."""
    file = directory / MANIFEST
    try:
        members = json.loads(file.read_text(encoding="utf-8"))
        if (format_ := members["format"]) not in (_WITHOUT_JOURNAL, FORMAT):
            raise StoreFormatError(str(directory), f"its format is {format_!r}, this version reads {FORMAT}")
        return Manifest(format=format_, base_iri=str(members["base_iri"]), plain=bool(members["plain"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreFormatError(str(directory), f"{MANIFEST} cannot be read: {error}") from None


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write the manifest, whole or not at all, and durably: without it the data could not be opened. Raises OSError."""
    staged = directory / f"{MANIFEST}.next"
    with staged.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(manifest)) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(directory / MANIFEST)
    sync_directory(directory)
    sync_directory(directory.parent)


def check_journal(directory: Path) -> None:
    """Raise JournalCorruptError if the journal of the directory is missing. Raises StoreFormatError."""
    manifest = read_manifest(directory)
    if manifest and manifest.format == FORMAT and not (directory / JOURNAL).is_dir():
        raise JournalCorruptError(f"{directory / JOURNAL}: it is missing")


def check_recorded(settings: Settings) -> None:
    """Raise BaseIriMismatchError or StoreFormatError if the directory records another base than the settings."""
    manifest = read_manifest(settings.data_dir)
    if manifest and manifest.base_iri != settings.base_iri:
        raise BaseIriMismatchError(str(settings.data_dir), manifest.base_iri, settings.base_iri)


def remove_bulk_loads(directory: Path) -> None:
    """Remove what is left of bulk loads that were interrupted; for the process that has opened the directory."""
    shutil.rmtree(directory / BULK, ignore_errors=True)


def adopt(settings: Settings, store: Store) -> None:
    """Check that the data in the embedded store is under the base IRI of the settings, and record that and the format.

    A store without data takes any base. Raises BaseIriMismatchError, StoreFormatError or StoreError.
    """
    directory, manifest = settings.data_dir, read_manifest(settings.data_dir)
    if manifest and (manifest.format, manifest.base_iri) == (FORMAT, settings.base_iri):
        return
    is_empty = next(store.quads(), None) is None
    if manifest and manifest.base_iri != settings.base_iri and not is_empty:
        raise BaseIriMismatchError(str(directory), manifest.base_iri, settings.base_iri)
    if not settings.plain:
        check_home_graphs(str(directory), settings.base_iri, store)
    new = Manifest(base_iri=settings.base_iri, plain=manifest.plain if manifest and not is_empty else settings.plain)
    try:
        write_manifest(directory, new)
    except OSError as error:
        if is_empty:  # data from before there was such a file can be read even where none can be written
            raise StoreError(f"{directory}: {error}") from error


def check_home_graphs(location: str, base_iri: str, store: Queryable) -> None:
    """Raise BaseIriMismatchError if there are home graphs, and none is under the base IRI."""
    found = find_base_iri(base_iri, store)
    if found and found != base_iri:
        raise BaseIriMismatchError(location, found, base_iri)


def find_base_iri(expected: str, store: Queryable) -> str:
    """The base IRI of the home graphs: the expected one if any is under it; empty without home graphs."""
    expected_graph = ox.Literal(f"{expected}graph/")
    if store.query(f"ASK {{ {_HOME_GRAPH} FILTER(STRSTARTS(STR(?graph), {expected_graph})) }}"):
        return expected
    rows = store.query(f"SELECT ?graph {{ {_HOME_GRAPH} }} ORDER BY ?graph LIMIT 1")
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        iri = value_of(row["graph"])
        base, separator, _ = iri.rpartition("graph/")
        return base if separator else iri
    return ""
