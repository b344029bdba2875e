"""The writer: the one place where changes enter the store, one at a time.

A change is prepared by a procedure in the ingest worker, over exactly the current state; here it is committed and made
visible to readers, all or nothing. Parses, checks and evaluates nothing itself; who may write is for the caller.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Protocol

from kg.errors import ChangeTooLargeError, Finding, InputRejectedError
from kg.execution import memory
from kg.execution.error_codec import decode_finding
from kg.execution.interface import Call, Result
from kg.ingest.change_sentences import ResourceChange
from kg.ingest.documents import read_bytes
from kg.ingest.load_plan import GraphChange
from kg.knowledge_graph import list_shipped_documents
from kg.settings import Settings
from kg.store.change import Change
from kg.store.interface import Store

_LARGE_CHANGE = 10_000
"""Quads; the engine needs more than 1 kB for each while it commits them."""

# The procedures of ``kg.load_procedure``, by name: the process that calls them does without what they import.
PLAN_LOAD = "plan-load"
"""Prepares a load of files."""
PLAN_LOAD_REQUEST = "plan-load-request"
"""The same for the body of ``POST /load``."""
COMPLETE_QUOTES = "complete-quotes"
"""Finds the quotes of dossiers that have words only; changes nothing."""


class IngestExecutor(Protocol):
    """The part of an executor that a writer needs: see ``kg.execution.interface.Executor``."""

    def ingest(self, call: Call) -> Result: ...

    def refresh(self, change: Change) -> None: ...


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file as received; the suffix of its name names its syntax."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load has changed, or would change, by home graph, and the warnings about it.

    A dry run has the statements and things that differ, in sentences.
    """

    graphs: tuple[GraphChange, ...]
    warnings: tuple[Finding, ...]
    resources: tuple[ResourceChange, ...] = ()

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> "LoadReport":
        """The report in the properties of a reply, as ``kg.load_procedure`` writes it."""
        graphs = map(GraphChange.from_members, properties["graphs"])
        resources = (ResourceChange(**resource) for resource in properties["resources"])
        return cls(tuple(graphs), tuple(map(decode_finding, properties["warnings"])), tuple(resources))


class Writer:
    """Commits what the ingest worker has prepared."""

    def __init__(self, settings: Settings, store: Store, executor: IngestExecutor) -> None:
        self._settings, self._store, self._executor = settings, store, executor
        self.lock = threading.Lock()
        """Held from the first read of the state until readers see the change."""

    def write(self, call: Call, *, before_commit: Callable[[], None] = lambda: None) -> Mapping[str, Any]:
        """Commit the change that the procedure returns as its body; the properties of its reply.

        Nothing is committed if they contain ``dry_run``. Raises what the procedure raises, IngestLimitError (of which
        one is ChangeTooLargeError, except for the owner of the data) or StoreError; then nothing has changed.
        """
        with self.lock:
            result = self._executor.ingest(call)
            body = b"".join(result)
            change = Change.from_bytes(body)
            if change and not result.properties.get("dry_run"):
                before_commit()
                self._commit(change, None if call.timeout_s == inf else self._settings.change_max_quads)
        return result.properties

    def _commit(self, change: Change, max_quads: int | None) -> None:
        quads = change.removed_count + change.added_count
        if max_quads is not None and quads > max_quads:
            raise ChangeTooLargeError(max_quads)
        self._store.apply(change)
        self._executor.refresh(change)
        if quads > _LARGE_CHANGE:
            memory.trim()

    def load(
        self,
        files: Sequence[DocumentFile],
        *,
        dry_run: bool = False,
        timeout_s: float | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> LoadReport:
        """Load the documents in the files, each replacing its home graphs, all or none.

        ``timeout_s``: infinity for the owner of the data. Raises InputRejectedError with every finding, and as
        ``write`` does.
        """
        progress("check")
        call = create_call(PLAN_LOAD, files, {"dry_run": dry_run}, timeout_s)
        return LoadReport.from_properties(self.write(call, before_commit=lambda: progress("store")))

    def prepare(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Load the shipped data if the store is empty. Raises InputRejectedError or StoreError."""
        if self._settings.empty or self._settings.plain or self._store.graphs():
            return
        files = [DocumentFile(str(path), path.read_bytes()) for path in list_shipped_documents()]
        self.load(files, timeout_s=inf, progress=progress)


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
