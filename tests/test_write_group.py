"""Writes of one group: each is prepared over those before it, and a precondition holds in that order."""

from collections.abc import Mapping
from math import inf
from typing import Any

import pyoxigraph as ox
from conforming import Conforming

from kg.errors import ChangeTooLargeError, Finding, InputRejectedError, PreconditionFailedError
from kg.execution.interface import Call
from kg.execution.procedure import Reply
from kg.namespaces import value_of
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.validation.validator import Validator
from kg.write_group import PreparedWrite, call_group, create_group_procedure, read_group

ONE, OTHER = "http://example.org/one", "http://example.org/other"


def add(store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    """Adds a quad to a graph, and says how many there were."""
    graph = ox.NamedNode(arguments["graph"])
    quad = ox.Quad(graph, graph, ox.Literal(arguments["value"]), graph)
    count = sum(1 for _ in store.match(None, None, None, graph))
    change = Change.from_quads(added=[quad])
    return Reply(media_type="", body=[change.to_bytes()], properties={"count": count, "dry_run": arguments["dry_run"]})


def run(*writes: tuple[str, str, bool]) -> list[PreparedWrite]:
    """Prepare writes of (graph, graph that must be unchanged, dry run)."""
    store = EmbeddedStore.in_memory()
    calls = [
        Call(procedure="add", arguments={"graph": graph, "value": str(number), "dry_run": dry_run})
        for number, (graph, _, dry_run) in enumerate(writes)
    ]
    call = call_group(calls, [unchanged for _, unchanged, _ in writes])
    reply = create_group_procedure({"add": add}, Validator(()), Conforming())(store, call.arguments, call.content)
    assert list(store.quads()) == []
    return read_group(reply.properties, b"".join(reply.body))


def is_refused(write: PreparedWrite) -> bool:
    return isinstance(write.error, PreconditionFailedError)


def test_a_graph_that_a_write_of_the_group_has_changed_is_not_as_it_was() -> None:
    prepared = run((ONE, ONE, False), (OTHER, OTHER, False), (ONE, ONE, False), (ONE, "", False))
    assert list(map(is_refused, prepared)) == [False, False, True, False]
    assert prepared[3].properties["count"] == 1


def test_a_dry_run_changes_no_graph_for_those_after_it() -> None:
    prepared = run((ONE, ONE, True), (ONE, ONE, False), (ONE, ONE, True))
    assert list(map(is_refused, prepared)) == [False, False, True]


def add_several(store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    """Adds so many quads, and says how many there were."""
    graph = ox.NamedNode(ONE)
    count = sum(1 for _ in store.match(None, None, None, graph))
    quads = [ox.Quad(graph, graph, ox.Literal(f"{count} {number}"), graph) for number in range(arguments["quads"])]
    return Reply(media_type="", body=[Change.from_quads(added=quads).to_bytes()], properties={"count": count})


def test_no_write_is_prepared_over_a_change_that_is_too_large() -> None:
    calls = [
        Call(procedure="add", arguments={"quads": 1}),
        Call(procedure="add", arguments={"quads": 6}),
        Call(procedure="add", arguments={"quads": 6}, timeout_s=inf),
        Call(procedure="add", arguments={"quads": 5}),
    ]
    call = call_group(calls, max_quads=5)
    procedure = create_group_procedure({"add": add_several}, Validator(()), Conforming())
    reply = procedure(EmbeddedStore.in_memory(), call.arguments, call.content)
    first, too_large, owners, last = read_group(reply.properties, b"".join(reply.body))
    assert isinstance(too_large.error, ChangeTooLargeError)
    assert [write.properties["count"] for write in (first, owners, last)] == [0, 1, 7]


class WithoutBad(Conforming):
    """No value may be "bad"."""

    def find_violations(self, store: Store) -> list[Finding]:
        bad = store.match(None, None, ox.Literal("bad"))
        return [Finding("bad", subject=value_of(quad.subject)) for quad in bad]


def test_each_write_of_a_group_may_leave_the_violations_that_are_there_and_add_none() -> None:
    store = EmbeddedStore.in_memory()
    graph = ox.NamedNode(OTHER)
    store.engine.add(ox.Quad(graph, ox.NamedNode(ONE), ox.Literal("bad"), graph))
    before = set(store.quads())
    writes = [
        (ONE, "good", False),
        (ONE, "bad", False),
        (ONE, "bad", True),
        (OTHER, "bad", False),
        (ONE, "fine", False),
    ]
    calls = [
        Call(procedure="add", arguments={"graph": name, "value": value, "dry_run": dry_run})
        for name, value, dry_run in writes
    ]
    call = call_group(calls, is_whole=True)
    reply = create_group_procedure({"add": add}, Validator(()), WithoutBad())(store, call.arguments, call.content)
    assert set(store.quads()) == before
    prepared = read_group(reply.properties, b"".join(reply.body))
    assert [isinstance(write.error, InputRejectedError) for write in prepared] == [False, True, True, False, False]
    assert [write.violations for write in prepared if write.error is None] == [1, 2, 2]
