"""Examines a data directory, or the remote engine in its place, and what this machine offers; changes nothing.

Owns the list of what can be wrong and the cure of each. A store that a live server has open is left alone: that server
is asked whether it answers. Tokens are never part of a finding.
"""

import fcntl
import json
import os
import resource
import shutil
import stat
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pyoxigraph as ox

from kg.access.token import TokenState
from kg.access.token_file import TokenFile
from kg.data_directory import BULK, GRAPH_STORE, JOURNAL, MANIFEST, check_home_graphs, check_journal, read_manifest
from kg.errors import (
    BaseIriMismatchError,
    ConflictKgError,
    Finding,
    HistoryRedactedError,
    JournalCorruptError,
    StoreFormatError,
    TokenFileError,
)
from kg.execution.sandbox import can_refuse_network
from kg.journal.journal import check_end, read_flushed, read_records
from kg.journal.record import GENESIS, format_version
from kg.knowledge_graph import open_engine
from kg.namespaces import OWL, value_of
from kg.package_data import find_folder
from kg.server_client import is_alive
from kg.server_file import SERVER_FILE, ServerAddress, read_address
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.history import compare, restore_state
from kg.store.interface import Queryable
from kg.write_gate import list_disagreements

DESCRIPTORS_MIN = 1024
"""Open files that a server with default settings and a store of usual size gets along with."""
_SPACE_MIN_BYTES = 200_000_000
_MB = 1_000_000
_SHOWN = 5
"""Violations that are printed."""
_FLOCK = "hhqqi4x"
_ONTOLOGY = f"SELECT ?ontology ?version {{ ?ontology a <{OWL}Ontology> ; <{OWL}versionInfo> ?version }}"


class Level(StrEnum):
    """Whether something must be done about a finding."""

    OK = "ok"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was examined; ``cure`` is empty where nothing is wrong."""

    subject: str
    level: Level
    message: str
    cure: str = ""


FindViolations = Callable[[EmbeddedStore], Sequence[Finding]]
"""From a store to the violations of shapes and rules in it."""


def examine(settings: Settings, *, deep: FindViolations | None = None) -> list[CheckResult]:
    """All that was found, in a fixed order; nothing is changed, and no setting need be valid for this machine.

    ``deep``: with it, the whole history is made again in memory and compared with the store, and the whole graph is
    judged.
    """
    results = (
        [*_check_remote(settings), *_check_tokens(settings.data_dir)]
        if settings.store
        else [*_DirectoryCheck(settings, deep).run()]
    )
    return [*results, *_check_archive(settings), *_check_machine()]


def _ok(subject: str, message: str) -> CheckResult:
    return CheckResult(subject, Level.OK, message)


def _wrong(subject: str, message: str, cure: str) -> CheckResult:
    return CheckResult(subject, Level.WRONG, message, cure)


@dataclass
class _DirectoryCheck:
    """The examination of one data directory."""

    settings: Settings
    find_violations: FindViolations | None = None
    holder: int = field(default=0, init=False)
    """Process id of the process that has the store open; 0 without one."""

    def run(self) -> Iterator[CheckResult]:
        directory = self.settings.data_dir
        if not directory.is_dir():
            what = "is not a folder" if directory.exists() else "does not exist"
            cure = "name the right one with --data-dir, or make one with kg serve or kg load"
            yield _wrong("directory", f"{directory} {what}", cure)
            return
        yield from self._check_permissions()
        yield from self._check_manifest()
        self.holder = _find_holder(directory / GRAPH_STORE / "LOCK")
        yield from self._check_server()
        yield from _check_tokens(self.settings.data_dir)
        yield from self._check_store()
        yield from self._check_journal()
        yield from self._check_disagreements()
        yield from self._check_leftovers()
        yield from self._check_space()

    def _check_permissions(self) -> Iterator[CheckResult]:
        directory = self.settings.data_dir
        status = directory.stat()
        user = os.geteuid()
        if status.st_uid != user:
            cure = "run kg as that user, or change the owner with chown -R"
            yield _wrong("owner", f"{directory} belongs to user {status.st_uid}, and this is user {user}", cure)
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            cure = f"chmod go-w {directory}"
            yield _wrong("permissions", f"others than the owner may change {directory}", cure)
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            cure = f"chmod u+rwx {directory}"
            yield _wrong("permissions", f"{directory} cannot be read and written by user {user}", cure)
        else:
            yield _ok("directory", f"{directory} can be read and written")

    def _check_manifest(self) -> Iterator[CheckResult]:
        directory, base_iri = self.settings.data_dir, self.settings.base_iri
        try:
            manifest = read_manifest(directory)
        except StoreFormatError as error:
            yield _wrong("format", error.reason, "use the version of conflict-kg that wrote it, or another --data-dir")
            return
        try:
            check_journal(directory)
        except JournalCorruptError as error:
            yield _wrong("journal", str(error), "restore the directory from a backup")
        if manifest is None:
            yield _ok("base IRI", f"{MANIFEST} does not exist yet; it is written when the store is opened")
        elif manifest.base_iri != base_iri:
            cure = f"set KG_BASE_IRI={manifest.base_iri}"
            yield _wrong("base IRI", f"the data is under {manifest.base_iri}, the settings say {base_iri}", cure)
        else:
            mode = ", made in plain mode" if manifest.plain else ""
            yield _ok("base IRI", f"{manifest.base_iri}, format {manifest.format}{mode}")

    def _check_server(self) -> Iterator[CheckResult]:
        file = self.settings.data_dir / SERVER_FILE
        address = read_address(self.settings.data_dir)
        if file.exists():
            yield from _check_server_file(file, address)
        if self.holder and address and is_alive(address):
            yield _ok("server", f"process {self.holder} has the store open and answers at {address.url}")
        elif self.holder:
            where = f"no server answers at {address.url}" if address else "it has published no address"
            cure = "wait until it has started or ended, or stop it"
            yield _wrong("server", f"process {self.holder} has the store open, but {where}", cure)
        elif file.exists():
            cure = f"remove {file}, or start the server again, which replaces it"
            yield _wrong("server", f"{file} is left from a server that was killed", cure)
        else:
            yield _ok("server", "none has the store open")

    def _check_store(self) -> Iterator[CheckResult]:
        graph = self.settings.data_dir / GRAPH_STORE
        if not (graph / "CURRENT").exists():
            yield _wrong("store", f"{graph} contains no store", "make one with kg serve or kg load")
            return
        if self.holder:
            yield _ok("store", "not read, because another process has it open")
            return
        try:
            store = EmbeddedStore.open_read_only(graph)
            yield _ok("store", f"opens; {len(store.graphs())} named graphs")
            yield from _check_contents(self.settings, str(graph), store)
            if self.find_violations is not None and not self._is_plain():
                yield _judge_violations(self.find_violations(store))
            store.close()
        except ConflictKgError as error:
            yield _wrong("store", f"cannot be read: {error}", "restore the directory from a backup, or load again")

    def _is_plain(self) -> bool:
        """Whether the data follow no shapes."""
        try:
            manifest = read_manifest(self.settings.data_dir)
        except StoreFormatError:
            return self.settings.plain
        return self.settings.plain or (manifest is not None and manifest.plain)

    def _check_journal(self) -> Iterator[CheckResult]:
        directory = self.settings.data_dir / JOURNAL
        if not directory.is_dir():
            return
        commits, digest, redacted = 0, GENESIS, 0
        try:
            for record in read_records(directory):
                commits, digest, redacted = record.version, record.digest, redacted + record.redacted
            check_end(directory, commits)
            version = format_version(commits, digest)
            rows = f"; {redacted} rows redacted" if redacted else ""
            message = f"{commits} commits, each continues the one before it; version {version}{rows}"
            yield _ok("journal", f"{message}; the store has synced {read_flushed(directory)}")
            if self.find_violations is not None:
                yield self._compare(directory, commits)
        except ConflictKgError as error:
            yield _wrong("journal", str(error), "restore the directory from a backup")

    def _compare(self, journal: Path, version: int) -> CheckResult:
        """Whether the journal leads to what the store has."""
        if self.holder:
            return _ok("history", "not compared with the store, because another process has it open")
        store = EmbeddedStore.open_read_only(self.settings.data_dir / GRAPH_STORE)
        try:
            difference = compare(store, restore_state(journal, version))
        except HistoryRedactedError as error:
            return _ok("history", f"not compared with the store: {error}")
        finally:
            store.close()
        if not difference:
            return _ok("history", "the changes of the journal lead to exactly what the store has")
        message = (
            f"the store has {difference.only_in_store:,} quads that the journal does not lead to, and lacks"
            f" {difference.only_in_journal:,}, such as {difference.example}"
        )
        cure = (
            f"start the server, which makes what the store lacks; if this stays, move the folder {GRAPH_STORE} away,"
            " and the store is made again from the journal"
        )
        return _wrong("history", message, cure)

    def _check_disagreements(self) -> Iterator[CheckResult]:
        for folder in list_disagreements(self.settings.data_dir):
            message = f"the two validation engines differ about the change in {folder}, so that no change is accepted"
            cure = "report it with that folder, move the folder out of the data directory, and start the server again"
            yield _wrong("validation", message, cure)

    def _check_leftovers(self) -> Iterator[CheckResult]:
        workers = self.settings.data_dir / "workers"
        if not self.holder and workers.is_dir() and any(workers.iterdir()):
            size = _size(workers) // _MB
            cure = f"remove the contents of {workers}, or start the server again, which does"
            yield _wrong("workers", f"{workers} has {size:,} MB of checkpoints of a server that was killed", cure)

        bulk = self.settings.data_dir / BULK
        if not self.holder and bulk.is_dir() and any(bulk.iterdir()):
            cure = f"remove {bulk}, or start the server again, which does"
            yield _wrong("bulk", f"{bulk} has {_size(bulk) // _MB:,} MB of loads that were interrupted", cure)

    def _check_space(self) -> Iterator[CheckResult]:
        directory = self.settings.data_dir
        free, size = shutil.disk_usage(directory).free, _size(directory / GRAPH_STORE)
        message = f"{free // _MB:,} MB free, the store has {size // _MB:,} MB"
        if free < max(size, _SPACE_MIN_BYTES):
            yield _wrong("disk", message, "free some space: merging files of the store may need its size once more")
        else:
            yield _ok("disk", message)


def _judge_violations(violations: Sequence[Finding]) -> CheckResult:
    if not violations:
        return _ok("conformance", "the whole graph conforms to the shapes and integrity rules")
    shown = "; ".join(map(str, violations[:_SHOWN]))
    message = f"{len(violations):,} violations of shapes or integrity rules: {shown}"
    return _wrong("conformance", message, "correct them, in as many changes as needed: a change may not add any")


def _check_server_file(file: Path, address: ServerAddress | None) -> Iterator[CheckResult]:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        cure = f"chmod 600 {file}, and start the server again, which makes a new token"
        yield _wrong("server", f"others than the owner may read {file}, which contains a token for writing", cure)
    if address is None:
        yield _wrong("server", f"{file} cannot be read", f"remove {file}, or start the server again")


def _check_tokens(directory: Path) -> Iterator[CheckResult]:
    file, now = TokenFile(directory), datetime.now(UTC)
    try:
        states = Counter(token.state(now) for token in file.read())
    except TokenFileError as error:
        cure = "restore it, or move it away and make new tokens with kg token make"
        yield _wrong("tokens", f"none is valid, because {file.path} cannot be read: {error.reason}", cure)
        return
    if file.path.exists() and stat.S_IMODE(file.path.stat().st_mode) & 0o077:
        yield _wrong("tokens", f"others than the owner may read or write {file.path}", f"chmod 600 {file.path}")
    yield _ok("tokens", ", ".join(f"{states[state]} {state}" for state in TokenState))


def _check_contents(settings: Settings, location: str, store: Queryable) -> Iterator[CheckResult]:
    if not settings.plain:
        try:
            check_home_graphs(location, settings.base_iri, store)
        except BaseIriMismatchError as error:
            message = f"the home graphs are under {error.recorded}, the settings say {error.given}"
            yield _wrong("base IRI", message, f"set KG_BASE_IRI={error.recorded}")
    shipped = _read_versions(_shipped_ontology())
    rows = _read_versions(store)
    for ontology in sorted(shipped.keys() & rows.keys()):
        if shipped[ontology] == rows[ontology]:
            yield _ok("ontology", f"version {shipped[ontology]}, as shipped")
        else:
            message = f"the store has version {rows[ontology]} of {ontology}, shipped is {shipped[ontology]}"
            yield _wrong("ontology", message, "load the shipped ontology, and kg validate the documents")


def _shipped_ontology() -> Queryable:
    store = EmbeddedStore.in_memory()
    for file in find_folder("ontology").glob("*.ttl"):
        store.apply(Change.from_quads(added=[*ox.parse(path=file, base_iri="https://w3id.org/conflict-kg/")]))
    return store


def _read_versions(store: Queryable) -> dict[str, str]:
    rows = store.query(_ONTOLOGY)
    assert isinstance(rows, ox.QuerySolutions)
    return {value_of(row["ontology"]): value_of(row["version"]) for row in rows}


def _check_remote(settings: Settings) -> Iterator[CheckResult]:
    try:
        store = open_engine(settings)
    except ConflictKgError as error:
        yield _wrong("engine", str(error), "start the engine, or correct KG_STORE")
        return
    try:
        yield _ok("engine", "answers")
        yield from _check_contents(settings, "the engine", store)
    except ConflictKgError as error:
        yield _wrong("engine", str(error), "start the engine, or correct KG_STORE")
    finally:
        store.close()


def _check_archive(settings: Settings) -> Iterator[CheckResult]:
    for variable, folder in (
        ("KG_ARCHIVE_DIR", settings.archive_dir),
        ("KG_GRAPHQL_DOCUMENTS", settings.graphql_documents),
    ):
        if folder is None:
            continue
        try:
            count = len(os.listdir(folder))
        except OSError as error:
            yield _wrong(variable, f"{folder} cannot be read: {error.strerror}", f"correct or unset {variable}")
        else:
            yield _ok(variable, f"{folder}, {count:,} entries")


def _check_machine() -> Iterator[CheckResult]:
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)  # the server raises the soft limit to it
    if limit != resource.RLIM_INFINITY and limit < DESCRIPTORS_MIN:
        cure = f"raise the hard limit (ulimit -Hn {DESCRIPTORS_MIN}, or LimitNOFILE= of systemd)"
        yield _wrong("open files", f"limited to {limit:,}, which connections and files of the store share", cure)
    else:
        yield _ok("open files", "not limited" if limit == resource.RLIM_INFINITY else f"limited to {limit:,}")
    if can_refuse_network():
        yield _ok("sandbox", "seccomp is available")
    else:
        cure = (
            "use Linux on x86_64 or aarch64 with seccomp; without it workers cannot open files, and large stores fail"
        )
        yield _wrong("sandbox", "seccomp is not available", cure)


def _find_holder(lock: Path) -> int:
    """The process that has the store locked, as the kernel says; 0 without one."""
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return 0
    try:
        request = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, *_, holder = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, request))
    finally:
        os.close(descriptor)
    # A process outside this namespace of process ids has no number here.
    return 0 if kind == fcntl.F_UNLCK else max(holder, 1)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except OSError:  # removed meanwhile
            continue
    return total


def to_json(results: list[CheckResult]) -> str:
    """The results as JSON, for programs."""
    rows = [
        {"subject": result.subject, "level": result.level.value, "message": result.message, "cure": result.cure}
        for result in results
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
