"""A group of writes that the ingest worker prepares in one call, each over the state after those before it.

Owns how the group, and what became of each write, cross the border between processes. What a write means is its own
procedure's; who commits, and when, is ``kg.writer``'s.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import inf
from random import Random
from typing import Any, Protocol

from kg.errors import (
    ChangeTooLargeError,
    ConflictKgError,
    Finding,
    InputRejectedError,
    PreconditionFailedError,
)
from kg.execution.error_codec import decode_error, encode_error
from kg.execution.interface import Call
from kg.execution.procedure import Procedure, Procedures, Reply
from kg.governed.private_graph import check_unmoved
from kg.ingest.tolerance import Tolerance
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.proposed_change import ProposedChange
from kg.validation.judgement import Judgement
from kg.validation.second_judge import NOT_ASKED, Judges, SecondOpinion, give_opinions

PREPARE_WRITES = "prepare-writes"
"""The procedure; its calls are made by ``call_group``."""


@dataclass(frozen=True, slots=True)
class PreparedWrite:
    """What became of one write: its change and what its procedure says about it, or the error that refuses it."""

    change: Change
    properties: Mapping[str, Any]
    error: ConflictKgError | None = None
    second_opinion: SecondOpinion = NOT_ASKED
    violations: int = 0
    """Of the whole graph with it, if these were looked for."""

    @property
    def graphs(self) -> frozenset[str]:
        """The graphs that whoever writes changes, as ``Change.touched`` names them; not what the program renews."""
        return self.change.touched.difference(self.properties.get("renewed", ()))

    @property
    def is_to_be_made(self) -> bool:
        """Whether there is anything to commit."""
        return self.error is None and bool(self.change) and not self.properties.get("dry_run")


def call_group(
    calls: Sequence[Call],
    unchanged: Sequence[str] = (),
    *,
    max_quads: int = 0,
    can_judge_later: bool = False,
    is_whole: bool = False,
) -> Call:
    """The call that prepares all of these, in this order. Its timeout is the longest of theirs.

    ``max_quads``: that a change may have, but for those without a time limit, which are of the owner of the data; 0 for
    no limit.

    ``unchanged``: the IRI of a graph for each call, which those before it in the group must not change, or nothing.
    ``can_judge_later``: whether the caller has changes judged that were left to it (``Opinion.LATER``). ``is_whole``:
    whether all violations of the graph are looked for before and after each change, because it does not conform.
    """
    writes = [
        {
            "procedure": call.procedure,
            "arguments": dict(call.arguments),
            "bytes": len(call.content),
            "unchanged": graph,
            "max_quads": 0 if call.timeout_s == inf else max_quads,
        }
        for call, graph in zip(calls, unchanged or [""] * len(calls), strict=True)
    ]
    timeouts = [call.timeout_s for call in calls]
    timeout_s = None if None in timeouts else max(timeout for timeout in timeouts if timeout is not None)
    content = b"".join(call.content for call in calls)
    arguments = {"writes": writes, "can_judge_later": can_judge_later, "is_whole": is_whole}
    return Call(procedure=PREPARE_WRITES, arguments=arguments, content=content, timeout_s=timeout_s)


def read_group(properties: Mapping[str, Any], body: bytes) -> list[PreparedWrite]:
    """What became of each write of the group, from the reply."""
    prepared, start = [], 0
    for outcome in properties["outcomes"]:
        if "error" in outcome:
            prepared.append(PreparedWrite(Change(), {}, decode_error(outcome["error"])))
            continue
        end = start + outcome["bytes"]
        read_set_end = end + outcome["second"]["bytes"]
        second_opinion = SecondOpinion.from_members(outcome["second"], body[end:read_set_end])
        change = Change.from_bytes(body[start:end])
        prepared.append(PreparedWrite(change, outcome["properties"], None, second_opinion, outcome["violations"]))
        start = read_set_end
    return prepared


class Conformance(Protocol):
    """What a whole graph violates, and what writes may leave as it is: see ``kg.ingest.ingestor.Ingestor``."""

    def find_violations(self, store: Store) -> list[Finding]: ...

    def tolerate(self, violations: Iterable[Finding]) -> AbstractContextManager[None]: ...


def create_group_procedure(procedures: Procedures, judges: Judges, conformance: Conformance) -> Procedure:
    """The procedure, for writes by these procedures; the body of their replies is ``Change.to_bytes``."""
    random = Random()

    def prepare_writes(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        writes = list(_split(arguments["writes"], content))
        is_whole = arguments["is_whole"]
        copy = EmbeddedStore.copy_in_memory(store) if is_whole and not isinstance(store, EmbeddedStore) else store
        group = _Group(copy, procedures, judges, conformance, is_whole=is_whole)
        try:
            for write, part in writes:
                group.prepare(write, part, is_last=write is writes[-1][0])
        finally:
            group.undo()
        for accepted in group.accepted if copy is not store else ():
            change = Change.from_bytes(accepted.body)
            removed, added = frozenset(change.removed_quads()), frozenset(change.added_quads())
            check_unmoved(store, ProposedChange(store, removed, added))
        judgements = [write.judgements for write in group.accepted]
        opinions = give_opinions(judges, judgements, random, can_wait=arguments["can_judge_later"])
        for conforming, opinion in zip(group.accepted, opinions, strict=True):
            conforming.outcome["second"] = opinion.members()
            conforming.body += opinion.read_set
        return Reply(
            media_type="application/octet-stream",
            body=[conforming.body for conforming in group.accepted],
            properties={"outcomes": group.outcomes},
        )

    return prepare_writes


@dataclass(slots=True)
class _Accepted:
    """A write that conforms: what is told of it, and its change."""

    outcome: dict[str, Any]
    body: bytes
    judgements: list[Judgement]


class _Group:
    """Prepares writes one after the other, in the private copy of this worker."""

    def __init__(
        self, store: Store, procedures: Procedures, judges: Judges, conformance: Conformance, *, is_whole: bool
    ) -> None:
        self._store, self._procedures, self._judges = store, procedures, judges
        self._conformance, self._is_whole = conformance, is_whole
        self._violations: Sequence[Finding] = conformance.find_violations(store) if is_whole else ()
        """Of the graph with the writes before."""
        self._made: list[Change] = []
        self._touched: set[str] = set()
        """The graphs that the writes before have changed."""
        self.outcomes: list[dict[str, Any]] = []
        self.accepted: list[_Accepted] = []

    def prepare(self, write: Mapping[str, Any], content: bytes, *, is_last: bool) -> None:
        """Prepare the write over the state after those before it, and keep its change unless it is the last."""
        try:
            if write["unchanged"] in self._touched:
                raise PreconditionFailedError(write["unchanged"], "it has just been changed")
            with self._judges.observe() as judgements, self._conformance.tolerate(self._violations):
                reply = self._procedures[write["procedure"]](self._store, write["arguments"], content)
            body = b"".join(reply.body)
            _check_size(body, write["max_quads"])
            is_made = not (is_last or reply.properties.get("dry_run"))
            violations: Sequence[Finding] = ()
            if is_made or self._is_whole:
                violations = self._make(Change.from_bytes(body), is_kept=is_made)
        except ConflictKgError as error:
            self.outcomes.append({"error": encode_error(error)})
            return
        outcome = {"properties": reply.properties, "bytes": len(body), "violations": len(violations)}
        self.outcomes.append(outcome)
        self.accepted.append(_Accepted(outcome, body, judgements))

    def _make(self, change: Change, *, is_kept: bool) -> Sequence[Finding]:
        """Make the change; the violations of the graph with it, if they are looked for.

        Raises InputRejectedError with those that the graph has not had before.
        """
        self._made.append(_make(self._store, change))
        violations = self._conformance.find_violations(self._store) if self._is_whole else ()
        new = Tolerance(self._violations).select_new(violations)
        if is_kept and not new:
            self._touched.update(change.graphs)
            self._violations = violations
        else:
            self._undo_last()
        if new:
            raise InputRejectedError(new)
        return violations

    def undo(self) -> None:
        """Restore the copy."""
        while self._made:
            self._undo_last()

    def _undo_last(self) -> None:
        _make(self._store, self._made.pop().inverse())


def _check_size(change: bytes, max_quads: int) -> None:
    """Raise ChangeTooLargeError before other writes are prepared over the change."""
    if max_quads and change.count(b"\n") > max_quads:
        prepared = Change.from_bytes(change)
        if prepared.removed_count + prepared.added_count > max_quads:
            raise ChangeTooLargeError(max_quads)


def _split(writes: Sequence[Mapping[str, Any]], content: bytes) -> Iterator[tuple[Mapping[str, Any], bytes]]:
    start = 0
    for write in writes:
        end = start + write["bytes"]
        yield write, content[start:end]
        start = end


def _make(store: Store, change: Change) -> Change:
    """Make the change in the private copy of this worker."""
    assert isinstance(store, EmbeddedStore), "only a private copy is changed before a commit"
    change.apply_to(store.engine)
    return change
