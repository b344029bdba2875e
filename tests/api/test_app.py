"""Starting, stopping, readiness, and apps that do not see each other."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from pathlib import Path

import httpx
import pytest

from api import app
from api.services import Services, open_services
from kg.settings import Settings

Serving = Callable[[Services], AbstractContextManager[str]]
ServicesIn = Callable[[Path], Services]


COUNT = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}


@dataclass(frozen=True, kw_only=True)
class Prepared(Services):
    """Services that have something else to do before they can be served."""

    load: Callable[[], None]

    @classmethod
    def by(cls, services: Services, load: Callable[[], None]) -> "Prepared":
        return cls(**{field.name: getattr(services, field.name) for field in fields(Services)}, load=load)

    def prepare(self) -> None:
        self.load()


def test_ready_only_when_data_is_served(tmp_path: Path, serving: Serving, services_in: ServicesIn) -> None:
    loaded = threading.Event()

    def load() -> None:
        loaded.wait(10)

    with serving(Prepared.by(services_in(tmp_path), load)) as address, httpx.Client(base_url=address) as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert client.get("/sparql", params=COUNT).status_code == 503
        assert client.get("/").status_code == 503
        loaded.set()
        for _ in range(100):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.01)
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/sparql", params=COUNT).status_code == 200


def test_failed_loading_is_told_without_details(
    tmp_path: Path, serving: Serving, services_in: ServicesIn, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> None:
        raise OSError("/secret/path")

    with serving(Prepared.by(services_in(tmp_path), load)) as address:
        time.sleep(0.1)
        answer = httpx.get(f"{address}/readyz", trust_env=False)
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert "/secret/path" in caplog.text


def test_two_apps_do_not_see_each_other(tmp_path: Path, serving: Serving, services_in: ServicesIn) -> None:
    empty = open_services(Settings(data_dir=tmp_path / "empty", workers=1, empty=True))
    with serving(services_in(tmp_path / "full")) as full, serving(empty) as other:
        assert int(httpx.get(f"{full}/sparql", params=COUNT).text.split()[1]) > 0
        assert int(httpx.get(f"{other}/sparql", params=COUNT).text.split()[1]) == 0


def test_factory_reads_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KG_WORKERS", "1")
    made = app.from_environment()
    assert made.state.services.settings.data_dir == tmp_path
    made.state.services.close()


def test_openapi_lists_the_endpoint(client: httpx.Client) -> None:
    assert {"get", "post"} <= client.get("/openapi.json").json()["paths"]["/sparql"].keys()
