"""Writes that come together are committed together, but for those that their clients may not make."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conforming import Conforming

from kg.errors import AccessReason, IngestMemoryError, InsufficientScopeError, WritingStoppedError
from kg.execution.interface import Call
from kg.execution.passthrough import CompleteResult, PassthroughExecutor
from kg.execution.procedure import Procedures, Reply
from kg.journal.record import Provenance
from kg.namespaces import value_of
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.validation.validator import Validator
from kg.write_gate import WriteGate
from kg.write_group import PREPARE_WRITES, create_group_procedure
from kg.write_queue import PendingWrite, WriteQueue
from kg.writer import Writer

PROVENANCE = Provenance(agent="test", operation="test")
VALUE = ox.NamedNode("http://example.org/value")


def graph(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://example.org/{name}")


def count_up(store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
    """Adds the number of quads that there are to a graph."""
    number = sum(1 for _ in store.quads())
    change = Change.from_quads(added=[ox.Quad(VALUE, VALUE, ox.Literal(number), graph(arguments["graph"]))])
    properties = {"dry_run": arguments["dry_run"], "renewed": arguments["renewed"], "number": number}
    return Reply(media_type="", body=[change.to_bytes()], properties=properties)


class Executor(PassthroughExecutor):
    """Prepares writes in this process, over the store itself."""

    def __init__(self, store: EmbeddedStore) -> None:
        procedures: Procedures = {"count-up": count_up}
        group = create_group_procedure(procedures, Validator(()), Conforming())
        super().__init__(store, procedures={PREPARE_WRITES: group})
        self.sizes: list[int] = []

    def ingest(self, call: Call) -> CompleteResult:
        self.sizes.append(len(call.arguments["writes"]))
        return super().ingest(call)


def refuse(graphs: Collection[str]) -> None:
    if any(name.endswith("/refused") for name in graphs):
        raise InsufficientScopeError(AccessReason.GRAPH, "not this one", "put", sorted(graphs))


class Bench:
    """A writer over an empty store."""

    def __init__(self, directory: Path) -> None:
        self.store = EmbeddedStore.open(directory / "graph")
        self.executor = Executor(self.store)
        self.writer = Writer(Settings(data_dir=directory), self.store, self.executor)

    def write(self, name: str, *, dry_run: bool = False, renewed: Sequence[str] = ()) -> Mapping[str, Any]:
        arguments = {"graph": name, "dry_run": dry_run, "renewed": list(renewed)}
        return self.writer.write(Call(procedure="count-up", arguments=arguments), PROVENANCE, permit=refuse)

    def contents(self) -> dict[str, int]:
        return {value_of(quad.graph_name).rpartition("/")[2]: int(value_of(quad.object)) for quad in self.store.quads()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.executor.close()
    bench.store.close()


def write_together(bench: Bench, names: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The results of writes that wait for the writer at the same time, in this order; an error for one refused."""
    waiting: list[PendingWrite] = []
    results: dict[str, object] = {}
    add: Callable[[WriteQueue, PendingWrite], None] = WriteQueue.add

    def observe(queue: WriteQueue, write: PendingWrite) -> None:
        add(queue, write)
        waiting.append(write)

    def run(name: str) -> None:
        try:
            results[name] = bench.write(name)
        except InsufficientScopeError as error:
            results[name] = error

    monkeypatch.setattr(WriteQueue, "add", observe)
    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    with bench.writer.lock:
        for number, thread in enumerate(threads):
            thread.start()
            while len(waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    return results


def test_a_write_of_a_graph_that_is_not_permitted_changes_nothing(bench: Bench) -> None:
    bench.write("a")
    with pytest.raises(InsufficientScopeError):
        bench.write("refused")
    with pytest.raises(InsufficientScopeError):
        bench.write("refused", dry_run=True)
    assert bench.contents() == {"a": 0}


def test_a_graph_that_cannot_be_validated_in_the_memory_there_is_stops_writing_and_says_why(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a")
    calls: list[str] = []

    def exceed(call: Call) -> CompleteResult:
        calls.append(call.procedure)
        raise IngestMemoryError(2048)

    monkeypatch.setattr(bench.executor, "ingest", exceed)
    gate = WriteGate(tmp_path, "another program")
    bench.writer = Writer(Settings(data_dir=tmp_path), bench.store, bench.executor, gate)
    for _ in range(2):
        with pytest.raises(WritingStoppedError, match="KG_INGEST_MEMORY_MB"):
            bench.write("b")
    assert calls == ["validate-all"], "it is not tried again with each write"
    assert "2048 MB" in bench.writer.blocked_reason


def test_what_the_program_itself_renews_needs_no_permission(bench: Bench) -> None:
    bench.write("refused", renewed=["http://example.org/refused"])
    assert bench.contents() == {"refused": 0}


def test_those_behind_one_that_is_refused_do_not_build_on_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    results = write_together(bench, ["a", "refused", "b", "c"], monkeypatch)
    assert isinstance(results["refused"], InsufficientScopeError)
    assert bench.executor.sizes == [4, 3]
    assert bench.contents() == {"a": 0, "b": 1, "c": 2}
