"""The writer: the one place where changes enter the store.

A change is prepared by a procedure in the ingest worker, over exactly the current state; here it is committed and made
visible to readers, all or nothing. Writes that wait while others are committed are prepared and committed as a group,
with one call of the worker and one sync of the journal. Parses, checks and evaluates nothing itself; who may write is
for the caller.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from kg.commit_follower import CommitFollower
from kg.commit_staging import CommitStaging
from kg.datasets.samples import read_samples
from kg.document_calls import DocumentFile, create_call
from kg.errors import (
    ConflictKgError,
    Finding,
    IngestMemoryError,
    PreconditionFailedError,
    StoreInDoubtError,
    WritingStoppedError,
)
from kg.execution import memory
from kg.execution.error_codec import decode_finding
from kg.execution.interface import Call, Result
from kg.ingest.change_sentences import ResourceChange
from kg.ingest.load_plan import GraphChange
from kg.journal.record import Provenance
from kg.knowledge_graph import list_shipped_documents
from kg.later_judge import LaterJudge
from kg.package_data import find_folder
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.staged_change import StagedChange, StageProgress
from kg.validation.second_judge import Opinion, SecondOpinion
from kg.write_gate import Disagreement, WriteGate
from kg.write_group import PreparedWrite, call_group, read_group
from kg.write_queue import ExpectedGraph, PendingWrite, Permit, WriteQueue

_GROUP_BYTES = 1_000_000
"""Of the contents of the writes in a group, so that none waits long for the others."""
_LARGE_CHANGE = 10_000
"""Quads; the engine needs more than 1 kB for each while it commits them."""

# The procedures of ``kg.load_procedure``, by name: the process that calls them does without what they import.
PLAN_LOAD = "plan-load"
"""Prepares a load of files."""
PLAN_LOAD_REQUEST = "plan-load-request"
"""The same for the body of ``POST /load``."""
LIST_GRAPHS = "list-graphs"
"""Names the home graphs that files contain; changes nothing."""
VALIDATE_ALL = "validate-all"
"""Judges the whole graph by shapes and integrity rules; changes nothing."""
PLAN_BULK_LOAD = "plan-bulk-load"
"""Prepares a load of files that are too large for memory: ``kg.bulk_load``."""
COMPLETE_QUOTES = "complete-quotes"
"""Finds the quotes of dossiers that have words only; changes nothing."""


class IngestExecutor(Protocol):
    """The part of an executor that a writer needs: see ``kg.execution.interface.Executor``."""

    def ingest(self, call: Call) -> Result: ...

    def refresh(self, change: Change, version: str) -> None: ...

    def reload(self) -> None: ...


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
    """Commits what the ingest worker has prepared; writes that come together are prepared and committed as a group."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        executor: IngestExecutor,
        gate: WriteGate | None = None,
        later_judge: LaterJudge | None = None,
        followers: Sequence[CommitFollower] = (),
    ) -> None:
        """``gate``: without one, the graph is taken to conform. ``later_judge``: without one, no answer precedes it.

        ``followers``: files that follow the commits.
        """
        self._settings, self._store, self._executor = settings, store, executor
        self.gate, self._later_judge, self._followers = gate or WriteGate(), later_judge, followers
        self.lock = threading.Lock()
        """Held from the first read of the state until readers see the change."""
        self._unsettled: Callable[[], None] | None = None
        """Shows readers a change that is or will be committed, but has not been made."""
        self._unpublished: Mapping[str, str] = {}
        """The versions before the commit in progress, of the graphs that it changes."""
        self._queue = WriteQueue(_GROUP_BYTES if isinstance(store, EmbeddedStore) else 0)

    def write(
        self,
        call: Call,
        provenance: Provenance,
        *,
        before_commit: Callable[[], None] = lambda: None,
        expected: ExpectedGraph | None = None,
        permit: Permit | None = None,
    ) -> Mapping[str, Any]:
        """Commit the change that the procedure returns as its body; the properties of its reply.

        Durable and visible to the next reader when this returns. Nothing is committed if the properties contain
        ``dry_run``. ``permit`` is called with the graphs that are changed, or in a dry run would be; over a
        remote engine in plain mode, which evaluates writes itself, with none. Raises what it and the procedure raise,
        PreconditionFailedError where a graph is not as ``expected`` by then, IngestLimitError (of which one is
        ChangeTooLargeError, except for the owner of the data), WritingStoppedError or StoreError; then nothing has
        changed.
        """
        self.gate.check()
        write = PendingWrite(call, provenance, before_commit, expected, permit)
        self._queue.add(write)
        with self.lock:
            while not write.is_done:
                self._run_group(self._queue.take())
        return write.result()

    def write_staged(
        self, call: Call, folder: Path, provenance: Provenance, progress: StageProgress
    ) -> Mapping[str, Any]:
        """``write`` of a change that is too large for memory, for the owner of the data; other writes wait meanwhile.

        The procedure announces the change in the folder; its reply has it as a property, and as its body what the
        second judge has read.
        """
        assert isinstance(self._store, EmbeddedStore)
        self.gate.check()
        with self.lock:
            self._settle()
            self._validate_all()
            self.gate.check()
            with CommitStaging(self._store, folder, provenance, progress) as staging:
                result = self._executor.ingest(self._tell_conformance(call))
                opinion = SecondOpinion.from_members(result.properties["second"], b"".join(result))
                change = StagedChange.from_members(result.properties["change"])
                if opinion.opinion is Opinion.DIFFERS:
                    self.gate.stop(Disagreement(change, opinion.read_set, opinion.conforms, is_committed=False))
                    raise WritingStoppedError(self.gate.reason)
                if change.count and not result.properties["dry_run"]:
                    with self._committing(change.graphs, self._publish_staged):
                        staging.commit()
                    self.gate.note_violations(0)
        return result.properties

    def _tell_conformance(self, call: Call) -> Call:
        """The call that is told whether the graph is known to conform; in plain mode none is."""
        conforms = not self.gate.requires_whole and not self._settings.plain
        return replace(call, arguments={**call.arguments, "conforms": conforms})

    def graph_version(self, graph: ox.NamedNode) -> str:
        """The version of a graph that readers see, or one before it: who writes on its strength loses no change."""
        version = self._store.graph_version(graph)  # first: a commit in progress is noted before it is made
        return self._unpublished.get(graph.value, version)

    def graph_last_modified(self, graph: ox.NamedNode) -> float | None:
        """When the graph that readers see was last changed; None if unknown, as while a commit changes it."""
        time = self._store.last_modified(graph)
        return None if graph.value in self._unpublished else time

    def validate_all(self) -> None:
        """Validate the whole graph, unless it is known to conform; until it is done, no change is accepted.

        Raises IngestLimitError or StoreError.
        """
        if self.gate.needs_validation:
            self.gate.begin_validation()
            with self.lock:
                self._validate_all()

    def _validate_all(self) -> None:
        if not self.gate.needs_validation:
            return
        findings = None
        self.gate.begin_validation()
        try:
            if self._settings.plain or not self._store.graphs():
                findings = []
            else:
                result = self._executor.ingest(Call(procedure=VALIDATE_ALL, timeout_s=inf))
                result.close()
                findings = list(map(decode_finding, result.properties["findings"]))
        except IngestMemoryError as error:
            self.gate.give_up_validation(error.megabytes)
            raise WritingStoppedError(self.gate.reason) from error
        finally:
            self.gate.end_validation(findings)

    def _run_group(self, group: Sequence[PendingWrite]) -> None:
        """Prepare and commit the writes together; or one by one, where one of them stops the worker for all."""
        try:
            self._settle()
            self._validate_all()
            self.gate.check()
            group = [write for write in group if self._is_as_expected(write)]
            if not group:
                return
            prepared = self._prepare(group)
        except ConflictKgError as error:
            if len(group) == 1:
                group[0].fail(error)
                return
            for write in group:
                self._run_group([write])
            return
        except BaseException as error:
            for write in group:
                write.fail(error)
            raise
        self._finish(group, prepared)

    def _is_as_expected(self, write: PendingWrite) -> bool:
        """Whether its graph is as the client has seen it; else the write fails."""
        expected = write.expected
        try:
            if expected is None or expected.admits(self._store.graph_version(ox.NamedNode(expected.graph))):
                return True
        except ConflictKgError as error:
            write.fail(error)
        else:
            write.fail(PreconditionFailedError(expected.graph, "it is another version than the one that was read"))
        return False

    def _prepare(self, group: Sequence[PendingWrite]) -> list[PreparedWrite]:
        unchanged = [write.expected.graph if write.expected else "" for write in group]
        call = call_group(
            [write.call for write in group],
            unchanged,
            max_quads=self._settings.change_max_quads,
            can_judge_later=self._later_judge is not None,
            is_whole=self.gate.requires_whole,
        )
        result = self._executor.ingest(call)
        body = b"".join(result)
        return read_group(result.properties, body)

    def _finish(self, group: Sequence[PendingWrite], prepared: Sequence[PreparedWrite]) -> None:
        """Commit those that are permitted and conform, and give each its result."""
        permitted = [write for write, outcome in zip(group, prepared, strict=True) if _is_permitted(write, outcome)]
        if len(permitted) < len(group):
            self._run_group(permitted)  # again: those behind one that is refused were prepared over its change
            return
        accepted = self._select_accepted(group, prepared)
        changes = [(outcome.change, write.provenance) for write, outcome in accepted if outcome.is_to_be_made]
        try:
            if changes:
                for write, _ in accepted:
                    write.before_commit()
                self._commit(changes)
        except BaseException as error:
            for write, _ in accepted:
                write.fail(error)
            if not isinstance(error, ConflictKgError):
                raise
            return
        for write, outcome in accepted:
            write.succeed(outcome.properties)
        self._note_committed([outcome for _, outcome in accepted if outcome.is_to_be_made])

    def _select_accepted(
        self, group: Sequence[PendingWrite], prepared: Sequence[PreparedWrite]
    ) -> list[tuple[PendingWrite, PreparedWrite]]:
        """Those that conform; the others fail, and all of them if the engines differ about one."""
        accepted: list[tuple[PendingWrite, PreparedWrite]] = []
        is_disputed = self._is_disputed(prepared)
        for write, outcome in zip(group, prepared, strict=True):
            if is_disputed:
                write.fail(WritingStoppedError(self.gate.reason))
            elif outcome.error is not None:
                write.fail(outcome.error)
            else:
                accepted.append((write, outcome))
        return accepted

    def _is_disputed(self, prepared: Sequence[PreparedWrite]) -> bool:
        """Whether the engines differ about one of the changes: then none is made."""
        disputed = [write for write in prepared if write.second_opinion.opinion is Opinion.DIFFERS]
        for write in disputed:
            opinion = write.second_opinion
            self.gate.stop(Disagreement(write.change, opinion.read_set, opinion.conforms, is_committed=False))
        return bool(disputed)

    def _note_committed(self, writes: Sequence[PreparedWrite]) -> None:
        """Have those judged again that were chosen for it."""
        if writes:
            self.gate.note_violations(writes[-1].violations)
        for write in writes:
            if self._later_judge is not None and write.second_opinion.opinion is Opinion.LATER:
                self._later_judge.submit(write.change, write.second_opinion)

    @property
    def blocked_reason(self) -> str:
        """Why nothing is written now, for the probe of readiness; empty if nothing is known to prevent it."""
        return self._store.blocked_reason or self.gate.stopped_reason

    def _commit(self, changes: Sequence[tuple[Change, Provenance]]) -> None:
        merged, before = Change.merge(change for change, _ in changes), self._store.version
        with self._committing(merged.graphs, lambda: self._publish(merged, before)):
            self._store.commit(changes)

    @contextmanager
    def _committing(self, graphs: Sequence[str], publish: Callable[[], None]) -> Iterator[None]:
        """A commit that changes the graphs is made in the block, and published then, or when it has been recovered."""
        if isinstance(self._store, EmbeddedStore):
            self._unpublished = {name: self._store.graph_version(ox.NamedNode(name)) for name in graphs}
        try:
            yield
        except BaseException as error:
            if isinstance(error, StoreInDoubtError) or not isinstance(error, ConflictKgError):
                self._unsettled = publish
            else:
                self._unpublished = {}
            raise
        publish()

    def _settle(self) -> None:
        """Make the change that was in doubt, before another is prepared over the state without. Raises StoreError."""
        if self._unsettled is not None:
            self._store.recover()
            self._unsettled()
            self._unsettled = None

    def _publish(self, change: Change, before: str) -> None:
        """Show the change of the data of that version to readers."""
        self._executor.refresh(change, self._store.version)
        for follower in self._followers:
            follower.follow(change, before, self._store.version, self._store)
        self._unpublished = {}
        if change.removed_count + change.added_count > _LARGE_CHANGE:
            memory.trim()

    def _publish_staged(self) -> None:
        """The same of a change that is too large for memory."""
        self._executor.reload()
        self._unpublished = {}
        memory.trim()

    def load(
        self,
        files: Sequence[DocumentFile],
        provenance: Provenance,
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
        return LoadReport.from_properties(self.write(call, provenance, before_commit=lambda: progress("store")))

    def prepare(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Load the shipped data if the store is empty. Raises InputRejectedError or StoreError."""
        if self._settings.empty or self._settings.plain or self._store.graphs():
            return
        files = [DocumentFile(str(path), path.read_bytes()) for path in list_shipped_documents()]
        if self._settings.samples:
            folder = find_folder("data") / "datasets"
            files += [DocumentFile(*sample) for sample in read_samples(folder, self._settings.base_iri)]
        provenance = Provenance(agent="conflict-kg", operation="load", reason="the shipped data")
        self.load(files, provenance, timeout_s=inf, progress=progress)


def _is_permitted(write: PendingWrite, outcome: PreparedWrite) -> bool:
    """Whether the client may change what the write changes; else the write fails."""
    try:
        if write.permit is not None and outcome.error is None:
            write.permit(outcome.graphs)
    except Exception as error:  # noqa: BLE001  # raised where the result is awaited; the others of the group go on
        write.fail(error)
        return False
    return True
