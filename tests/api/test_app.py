"""Start, readiness, end, and the isolation of two apps in one process."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from api import app
from api.services import Services, open_services
from api.state import AppState
from kg.settings import Settings

ServicesIn = Callable[[Path], Services]

COUNT = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}


class Serving(Protocol):
    def __call__(self, services: Services, wait_until_ready: bool = True) -> AbstractContextManager[str]: ...


@dataclass(frozen=True, kw_only=True)
class ServicesWithPreparation(Services):
    """Services that run ``load`` in place of their own preparation."""

    load: Callable[[], None]

    @classmethod
    def of(cls, services: Services, load: Callable[[], None]) -> "ServicesWithPreparation":
        return cls(**{field.name: getattr(services, field.name) for field in fields(Services)}, load=load)

    def prepare(self) -> None:
        self.load()


def test_server_is_ready_only_when_data_is_served(tmp_path: Path, serving: Serving, services_in: ServicesIn) -> None:
    is_loaded = threading.Event()
    services = ServicesWithPreparation.of(services_in(tmp_path), lambda: _wait(is_loaded))
    with serving(services, wait_until_ready=False) as address, httpx.Client(base_url=address) as client:
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert client.get("/sparql", params=COUNT).status_code == 503
        assert client.get("/").status_code == 503
        is_loaded.set()
        _wait_until_ready(client)
        assert client.get("/readyz").json()["status"] == "ready"
        services.writer.validate_all()  # returns when the validation at the start is done
        # The sample lacks much that the shapes ask for: it is served, and the probe says what holds for changes.
        notice = services.writer.gate.notice
        assert notice.startswith("the graph does not conform")
        assert client.get("/readyz").json() == {"status": "ready", "writing": notice}
        assert client.get("/sparql", params=COUNT).status_code == 200


def test_the_schema_is_served_while_data_is_loaded(tmp_path: Path, serving: Serving, services_in: ServicesIn) -> None:
    is_loaded = threading.Event()
    services = ServicesWithPreparation.of(services_in(tmp_path), lambda: _wait(is_loaded))
    paths = ("/ontology", "/shapes", "/vocab/hedge", "/context", "/graphql/schema", "/questions", "/id/actor/russia")
    with serving(services, wait_until_ready=False) as address, httpx.Client(base_url=address, timeout=60) as client:
        try:
            _wait_until_ready(client, "/ontology")  # once its worker has started
            statuses = [client.get(path).status_code for path in paths]
        finally:
            is_loaded.set()
    assert statuses == [200, 200, 200, 200, 200, 503, 503]


def _wait(event: threading.Event) -> None:
    assert event.wait(30)


def _wait_until_ready(client: httpx.Client, path: str = "/readyz") -> None:
    """Poll a path; the test is ended by its own timeout, not by a clock here."""
    pause = threading.Event()
    for _ in range(3000):
        if client.get(path).status_code == 200:
            return
        pause.wait(0.01)
    raise AssertionError("the server did not become ready")


def test_failure_to_load_is_logged_and_not_sent(
    tmp_path: Path, serving: Serving, services_in: ServicesIn, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> None:
        raise OSError("/secret/path")

    services = ServicesWithPreparation.of(services_in(tmp_path), load)
    with serving(services, wait_until_ready=False) as address, httpx.Client(base_url=address) as client:
        while "/secret/path" not in caplog.text:
            assert client.get("/readyz").status_code == 503
        response = client.get("/readyz")
    assert response.status_code == 503
    assert "secret" not in response.text


def test_two_apps_share_nothing(tmp_path: Path, serving: Serving, services_in: ServicesIn) -> None:
    empty = open_services(Settings(data_dir=tmp_path / "empty", workers=1, empty=True))
    with serving(services_in(tmp_path / "full")) as full, serving(empty) as other:
        assert int(httpx.get(f"{full}/sparql", params=COUNT).text.split()[1]) > 0
        assert int(httpx.get(f"{other}/sparql", params=COUNT).text.split()[1]) == 0


def test_factory_reads_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KG_WORKERS", "1")
    state: AppState = app.from_environment().state.conflict_kg
    assert state.services.settings.data_dir == tmp_path
    state.close()


def test_openapi_lists_the_endpoint(client: httpx.Client) -> None:
    assert {"get", "post"} <= client.get("/openapi.json").json()["paths"]["/sparql"].keys()
