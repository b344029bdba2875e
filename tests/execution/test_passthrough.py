import asyncio
import gc
import sys
from dataclasses import replace

import pyoxigraph as ox
import pytest

from kg.errors import NotRepresentableError, RestrictedError
from kg.execution.interface import Call, Query
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.procedure import LIST_HIDDEN, Procedures, Reply
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

NODE = ox.NamedNode("http://example.org/closed")


def test_the_error_of_a_query_holds_no_solutions(monkeypatch: pytest.MonkeyPatch) -> None:
    # Oxigraph's solutions may be freed only in the thread that has made them.
    unraisable: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda error: unraisable.append(str(error.exc_value)))
    executor = PassthroughExecutor(EmbeddedStore.in_memory())
    query = Query(text='SELECT ("\x01" AS ?x) {}', media_type="application/sparql-results+xml")
    with pytest.raises(NotRepresentableError):
        asyncio.run(executor.arun(query))
    executor.close()
    gc.collect()
    assert not unraisable


def test_a_store_with_hidden_graphs_is_not_read() -> None:
    store = EmbeddedStore.in_memory()
    hidden: list[str] = []
    procedures: Procedures = {
        LIST_HIDDEN: lambda _store, _arguments, _content: Reply(media_type="", body=(), properties={"graphs": hidden}),
        "read": lambda store, _arguments, _content: Reply(media_type="", body=[str(store.graphs()).encode()]),
        "parse": lambda _store, _arguments, content: Reply(media_type="", body=[content]),
    }
    executor = PassthroughExecutor(store, procedures=procedures)
    query, read = Query(text="SELECT * { ?s ?p ?o }"), Call(procedure="read")
    executor.run(query)
    hidden.append(NODE.value)
    store.apply(Change.from_quads(added=[ox.Quad(NODE, NODE, ox.Literal("x"), NODE)]))
    for refused in (lambda: executor.run(query), lambda: executor.run(read), lambda: executor.query(query.text)):
        with pytest.raises(RestrictedError, match="a remote engine answers"):
            refused()
    assert executor.run(Call(procedure="parse", content=b"x")).body == b"x"
    assert NODE.value in executor.ingest(read).body.decode()
    assert NODE.value in executor.run(replace(query, reads_all=True)).body.decode()
    executor.close()
