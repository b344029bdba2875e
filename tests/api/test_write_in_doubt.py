"""A write that is recorded and cannot be made: the client is told so, readers go on, and the next write makes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from api.services import Services, open_services
from kg.errors import StoreFullError
from kg.settings import Settings
from kg.store.change import Change

TOKEN = "a-token-for-tests-only"


def put(client: httpx.Client, number: int) -> httpx.Response:
    headers = {"Content-Type": "text/turtle", "Authorization": f"Bearer {TOKEN}"}
    content = f"<x:s> <x:p> {number} ."
    return client.put("/graphs", params={"graph": f"http://example.org/{number}"}, content=content, headers=headers)


def read_numbers(client: httpx.Client) -> list[str]:
    query = "SELECT ?number { GRAPH ?g { <x:s> <x:p> ?number } } ORDER BY ?number"
    response = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    return response.text.split()[1:]


def fail_to_write(_engine: ox.Store, _change: Change) -> None:
    raise OSError("IO error: While fdatasync: Input/output error")


def fail_to_open(directory: Path) -> None:
    raise StoreFullError(directory)


def test_a_write_in_doubt_is_told_and_comes_before_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serving: Callable[[Services], AbstractContextManager[str]]
) -> None:
    settings = Settings(data_dir=tmp_path, plain=True, empty=True, workers=1, write_token=TOKEN)
    with serving(open_services(settings)) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert put(client, 1).status_code == 201
        with monkeypatch.context() as patch:
            patch.setattr("kg.store.embedded.write_change", fail_to_write)
            patch.setattr("kg.store.embedded.check_room", fail_to_open)
            response = put(client, 2)
            assert response.status_code == 503
            assert response.json()["type"].endswith("in-doubt")
            assert str(tmp_path) not in response.text
            ready = client.get("/readyz")
            assert ready.status_code == 503
            assert "recorded" in ready.json()["detail"]
            assert read_numbers(client) == ["1"], "readers go on"
            assert put(client, 3).status_code == 507
            assert read_numbers(client) == ["1"]
        assert put(client, 3).status_code == 201
        assert read_numbers(client) == ["1", "2", "3"]
        assert client.get("/readyz").status_code == 200
        assert client.get("/graphs", params={"graph": "http://example.org/2"}).status_code == 200
