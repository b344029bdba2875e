"""A group of writes that the ingest worker prepares in one call, each over the state after those before it.

Owns how the group, and what became of each write, cross the border between processes. What a write means is its own
procedure's; who commits, and when, is ``kg.writer``'s.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import ConflictKgError, PreconditionFailedError
from kg.execution.error_codec import decode_error, encode_error
from kg.execution.interface import Call
from kg.execution.procedure import Procedure, Procedures, Reply
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store

PREPARE_WRITES = "prepare-writes"
"""The procedure; its calls are made by ``call_group``."""


@dataclass(frozen=True, slots=True)
class PreparedWrite:
    """What became of one write: its change and what its procedure says about it, or the error that refuses it."""

    change: Change
    properties: Mapping[str, Any]
    error: ConflictKgError | None = None

    @property
    def is_to_be_made(self) -> bool:
        """Whether there is anything to commit."""
        return self.error is None and bool(self.change) and not self.properties.get("dry_run")


def call_group(calls: Sequence[Call], unchanged: Sequence[str] = ()) -> Call:
    """The call that prepares all of these, in this order. Its timeout is the longest of theirs.

    ``unchanged``: the IRI of a graph for each call, which those before it in the group must not change, or nothing.
    """
    writes = [
        {
            "procedure": call.procedure,
            "arguments": dict(call.arguments),
            "bytes": len(call.content),
            "unchanged": graph,
        }
        for call, graph in zip(calls, unchanged or [""] * len(calls), strict=True)
    ]
    timeouts = [call.timeout_s for call in calls]
    timeout_s = None if None in timeouts else max(timeout for timeout in timeouts if timeout is not None)
    content = b"".join(call.content for call in calls)
    return Call(procedure=PREPARE_WRITES, arguments={"writes": writes}, content=content, timeout_s=timeout_s)


def read_group(properties: Mapping[str, Any], body: bytes) -> list[PreparedWrite]:
    """What became of each write of the group, from the reply."""
    prepared, start = [], 0
    for outcome in properties["outcomes"]:
        if "error" in outcome:
            prepared.append(PreparedWrite(Change(), {}, decode_error(outcome["error"])))
            continue
        end = start + outcome["bytes"]
        prepared.append(PreparedWrite(Change.from_bytes(body[start:end]), outcome["properties"]))
        start = end
    return prepared


def create_group_procedure(procedures: Procedures) -> Procedure:
    """The procedure, for writes by these procedures; the body of their replies is ``Change.to_bytes``."""

    def prepare_writes(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        outcomes: list[dict[str, Any]] = []
        bodies: list[bytes] = []
        made: list[Change] = []
        touched: set[str] = set()
        writes = list(_split(arguments["writes"], content))
        try:
            for number, (write, part) in enumerate(writes, start=1):
                try:
                    if write["unchanged"] in touched:
                        raise PreconditionFailedError(write["unchanged"], "it has just been changed")
                    reply = procedures[write["procedure"]](store, write["arguments"], part)
                except ConflictKgError as error:
                    outcomes.append({"error": encode_error(error)})
                    continue
                body = b"".join(reply.body)
                outcomes.append({"properties": reply.properties, "bytes": len(body)})
                bodies.append(body)
                if number < len(writes) and not reply.properties.get("dry_run"):
                    made.append(_make(store, Change.from_bytes(body)))
                    touched.update(made[-1].graphs)
        finally:
            for change in reversed(made):
                _make(store, change.inverse())
        return Reply(media_type="application/octet-stream", body=bodies, properties={"outcomes": outcomes})

    return prepare_writes


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
