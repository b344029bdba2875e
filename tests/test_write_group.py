"""Writes of one group: each is prepared over those before it, and a precondition holds in that order."""

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from conforming import Conforming

from kg.errors import PreconditionFailedError
from kg.execution.interface import Call
from kg.execution.procedure import Reply
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
