"""A change that is sent in several requests is complete once the engine has been opened again."""

from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.store.outbox import Outbox
from kg.store.protocol_client import ProtocolClient
from kg.store.remote import RemoteStore
from kg.store.staged_change import ADDED, REMOVED, StagedChange, no_progress

from .conftest import quad

URL = "http://engine.example/query"
NEW = [quad(f"s{number}", number) for number in range(40)]
OLD = [quad("old", number) for number in range(5)]


class Engine:
    """Keeps updates, until it has had so many."""

    def __init__(self, most: int = 1_000) -> None:
        self.most = most
        self.updates: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if len(self.updates) >= self.most:
            raise httpx.ConnectError("gone", request=request)
        self.updates.append(request.content.decode())
        return httpx.Response(204)

    def open(self) -> RemoteStore:
        client = httpx.Client(transport=httpx.MockTransport(self))
        return RemoteStore(ProtocolClient(URL, URL, client, 5), 5, request_quads=10)


@pytest.fixture
def change(tmp_path: Path) -> StagedChange:
    folder = tmp_path / "bulk"
    folder.mkdir()
    for name, quads in ((ADDED, NEW), (REMOVED, OLD)):
        (folder / name).write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    return StagedChange(folder=folder, added_count=len(NEW), removed_count=len(OLD), graphs=("http://example.org/g",))


def test_nothing_is_kept_of_a_change_that_is_sent(change: StagedChange, tmp_path: Path) -> None:
    outbox, engine = Outbox(tmp_path, URL), Engine()
    assert outbox.send(engine.open(), change) == 5
    assert not outbox.complete(engine.open())
    assert [path.name for path in tmp_path.iterdir()] == ["bulk"]


@pytest.mark.parametrize("most", range(5))
def test_a_change_that_was_interrupted_is_completed_once(change: StagedChange, tmp_path: Path, most: int) -> None:
    outbox, engine = Outbox(tmp_path, URL), Engine(most)
    with pytest.raises(StoreError):
        outbox.send(engine.open(), change)
    assert not Outbox(tmp_path, "http://other.example/").complete(engine.open())
    engine.most = 1_000
    assert outbox.complete(engine.open())
    sent = "".join(engine.updates[-5:])
    assert all(str(quad.triple) in sent for quad in [*NEW, *OLD])
    assert not outbox.complete(engine.open())


def test_while_it_is_sent_nobody_else_sends(change: StagedChange, tmp_path: Path) -> None:
    outbox, engine = Outbox(tmp_path, URL), Engine()
    seen: list[bool] = []

    def progress(phase: str, done: int, size: int, quads: int) -> None:
        no_progress(phase, done, size, quads)
        seen.append(outbox.complete(engine.open()))
        with pytest.raises(StoreError, match="another command"):
            outbox.send(engine.open(), change)

    outbox.send(engine.open(), change, progress)
    assert seen == [False] * 5
