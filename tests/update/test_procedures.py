"""The procedures of plain mode: over a private copy they return a change; a remote engine makes it itself."""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from kg.errors import UnknownNameError, UnsupportedMediaTypeError
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.remote import RemoteStore
from kg.update.evaluation import Update
from kg.update.procedures import DELETE_GRAPH, POST_GRAPH, PUT_GRAPH, call_update, create_update_procedures

GRAPH = "http://example.org/g"
PROCEDURES = create_update_procedures(Settings())
TURTLE = b"<http://example.org/a> <p> [] ."


class SameProcessEngine(RemoteStore):
    """A remote engine that is none."""

    def __init__(self) -> None:
        self.engine = ox.Store()

    def update(self, text: str, *, base_iri: str = "") -> None:
        self.engine.update(text, base_iri=base_iri or None)

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        return self.engine.contains_named_graph(graph)


def arguments(content_type: str = "text/turtle") -> dict[str, str]:
    return {"graph": GRAPH, "content_type": content_type, "base_iri": "http://example.org/"}


def change_of(chunks: Iterable[bytes]) -> Change:
    return Change.from_bytes(b"".join(chunks))


def test_an_update_is_returned_as_a_change_and_not_made() -> None:
    store = EmbeddedStore.in_memory(union=False)
    call = call_update(Update("INSERT DATA { <a> <b> 1 }", base_iri="http://example.org/"))
    reply = PROCEDURES[call.procedure](store, call.arguments, call.content)
    (quad,) = change_of(reply.body).added_quads()
    assert quad.subject == ox.NamedNode("http://example.org/a")
    assert reply.properties == {"is_new": False, "counts": {"added": 1, "removed": 0}}
    assert list(store.quads()) == []


def test_a_graph_is_written_as_changes() -> None:
    store = EmbeddedStore.in_memory(union=False)
    for is_new in (True, False):
        reply = PROCEDURES[PUT_GRAPH](store, arguments(), TURTLE)
        assert reply.properties["is_new"] == is_new
        store.apply(change_of(reply.body))
        assert len(list(store.quads())) == 1
    store.apply(change_of(PROCEDURES[POST_GRAPH](store, arguments(), TURTLE).body))
    assert len(list(store.quads())) == 2, "blank nodes of documents are new"
    store.apply(change_of(PROCEDURES[DELETE_GRAPH](store, arguments(), b"").body))
    assert list(store.quads()) == []
    with pytest.raises(UnknownNameError):
        PROCEDURES[DELETE_GRAPH](store, arguments(), b"")


def test_a_syntax_that_is_not_read_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnsupportedMediaTypeError) as failure:
        PROCEDURES[PUT_GRAPH](EmbeddedStore.in_memory(), arguments("text/csv"), b"")
    assert "text/turtle" in failure.value.accepted


def test_a_remote_engine_makes_the_change_itself() -> None:
    store = SameProcessEngine()
    for procedure, is_new, quads in ((PUT_GRAPH, True, 1), (PUT_GRAPH, False, 1), (POST_GRAPH, False, 2)):
        reply = PROCEDURES[procedure](store, arguments(), TURTLE)
        assert (reply.properties["is_new"], len(store.engine)) == (is_new, quads)
        assert not change_of(reply.body)
    call = call_update(Update("INSERT DATA { <a> <b> 1 }", base_iri="http://example.org/"))
    assert not change_of(PROCEDURES[call.procedure](store, call.arguments, call.content).body)
    assert len(store.engine) == 3
    PROCEDURES[DELETE_GRAPH](store, arguments(), b"")
    assert len(store.engine) == 1
    with pytest.raises(UnknownNameError):
        PROCEDURES[DELETE_GRAPH](store, arguments(), b"")
